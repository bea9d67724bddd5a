"""What was newly said in an LLM call, without the history that every call repeats.

A chat application sends the whole conversation with each call. New is what follows the last answer in it, and the
answer that this call brought. Ingestion fills spans with it (`ingest/said.py`), the roll-ups what came apart from them.
"""

from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

from .model import SAID_SEPARATOR

LIMIT_CHARACTERS = 65_536
"""Of each side, as it was said: phrases and the text around a word are found as far as that …"""
BEYOND_CHARACTERS = 262_144
"""… and of what follows, the further words, each once: so many are in a book of some megabytes. A search reads what it
found whole, and so it cannot all be kept."""
LONGEST_WORD = 256
"""Characters; what is longer is no word (encoded bytes, mostly)."""


SAID_TYPES = ("text", "refusal")
"""Types of parts that somebody said. Thoughts are not among them, nor what tools took and gave."""


def said_in_call(input_messages: list[dict[str, Any]], output_messages: list[dict[str, Any]]) -> str:
    """What was newly said in an LLM call with these messages."""
    return joined(_asked(input_messages), _texts(output_messages))


def _asked(messages: list[dict[str, Any]]) -> list[str]:
    """What users said after the last answer."""
    new: list[dict[str, Any]] = []
    for message in reversed(messages):
        if message.get("role") == "assistant":
            break
        if message.get("role") == "user":
            new.append(message)
    return _texts(reversed(new))


def _texts(messages: Iterable[dict[str, Any]]) -> list[str]:
    parts = [part for message in messages for part in message.get("parts") or () if isinstance(part, dict)]
    contents = [part.get("content") for part in parts if part.get("type") in SAID_TYPES]
    return [content for content in contents if isinstance(content, str)]


def joined(user: list[str], assistant: list[str]) -> str:
    """What both sides said as one text: `user`, the separator, `assistant`; empty where neither said anything."""
    said = [_bounded(_one_spelling("\n".join(side))) for side in (user, assistant)]
    sides = [side.replace(SAID_SEPARATOR, " ").strip() for side in said]
    return SAID_SEPARATOR.join(sides) if any(sides) else ""


def _one_spelling(text: str) -> str:
    """A text with one spelling for letters that look alike: `é` may be one character or two, a wide `A` is an `A`.

    `words.py` looks for words in the same spelling.
    """
    return text if text.isascii() else normalize("NFKC", text)


def _bounded(text: str) -> str:
    """The beginning of a long text, and the words of the rest that do not stand in it."""
    if len(text) <= LIMIT_CHARACTERS:
        return text
    end = max(text.rfind(" ", 0, LIMIT_CHARACTERS), text.rfind("\n", 0, LIMIT_CHARACTERS))
    end = end if end > 0 else LIMIT_CHARACTERS
    begin = text[:end]
    known = set(begin.split())
    beyond, room = ["…"], BEYOND_CHARACTERS
    for word in dict.fromkeys(text[end:].split()):
        if len(word) <= LONGEST_WORD and word not in known:
            room -= len(word) + 1
            if room < 0:
                break
            beyond.append(word)
    return f"{begin} {' '.join(beyond)}"
