"""What was newly said in an LLM call, without the history that every call repeats.

A chat application sends the whole conversation with each call. New is what follows the last answer in it, and the
answer that this call brought. Ingestion fills spans with it (`ingest/said.py`), the roll-ups what came apart from them.
"""

from collections.abc import Iterable
from typing import Any

from .model import SAID_SEPARATOR

LIMIT_CHARACTERS = 65_536
"""Of each side: whoever looks for words deep inside a pasted book looks in the call itself."""


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
    contents = [part.get("content") for part in parts if part.get("type") == "text"]
    return [content for content in contents if isinstance(content, str)]


def joined(user: list[str], assistant: list[str]) -> str:
    """What both sides said as one text: `user`, the separator, `assistant`; empty where neither said anything."""
    sides = ["\n".join(side)[:LIMIT_CHARACTERS].replace(SAID_SEPARATOR, " ").strip() for side in (user, assistant)]
    return SAID_SEPARATOR.join(sides) if any(sides) else ""
