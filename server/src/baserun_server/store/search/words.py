"""Words that are looked for: what `q` means, and how it becomes a condition over what was said. Pure.

    refund "not working" -test role:user

Every word and every "phrase" must have been said, no -word; `role:user` or `role:assistant` says by whom. A word is a
whole word in any case, found through the index over `spans.said`, also as a part of a name with dots, colons or
underscores (`stolen` in `window.stolen`); a phrase stands there as it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from unicodedata import normalize

from ...errors import BadParameter
from ...model import SAID_SEPARATOR
from .condition import Condition

ROLES = ("user", "assistant")
WORDS_MOST = 20
"""Words and phrases of one query: each is looked for by itself, in lists once for every id of a person."""
TOKENS_MOST = 32
"""Words of a phrase that are looked up in the index; the phrase itself is compared whole. The engine takes 64."""
_WORD = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_ONE_WORD = re.compile(r"\w+")
_TOKENS = re.compile(rf"(?:[0-9A-Za-z\x80-\U0010ffff]+[^0-9A-Za-z\x80-\U0010ffff]*){{1,{TOKENS_MOST}}}")


@dataclass(frozen=True)
class Word:
    """A word or phrase that must, or must not, stand somewhere."""

    text: str
    unwanted: bool = False


@dataclass(frozen=True)
class Words:
    """The words of `q`, and who has to have said them."""

    all: tuple[Word, ...] = field(default=())
    role: Literal["user", "assistant"] | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The words that must be there."""
        return tuple(word.text for word in self.all if not word.unwanted)


def parse_words(text: str | None) -> Words:
    """Parse `q`. Raises `BadParameter` for an unknown role or too many words."""
    words, role = [], None
    for minus, phrase, bare in _WORD.findall(text or ""):
        if bare.lower().startswith("role:") and not minus:
            role = bare[len("role:") :].lower()
            if role not in ROLES:
                raise BadParameter(f"there is no role `{role[:80]}`", hint="roles: user, assistant", field="q")
        elif wanted := (phrase or bare).strip():
            words.append(Word(wanted, bool(minus)))
    if len(words) > WORDS_MOST:
        hint = "leave some out, or put those that stand together in quotes: a phrase counts as one"
        raise BadParameter(f"`q` has {len(words)} words, and may have {WORDS_MOST}", hint=hint, field="q")
    return Words(tuple(words), role)


def said(words: Words, prefix: str = "w") -> Condition:
    """True for the spans in which these words were said."""
    parts, parameters = [], {}
    for index, word in enumerate(words.all):
        held = []
        for number, text in enumerate(spellings(word.text)):
            name = f"{prefix}{index}" + (f"s{number}" if number else "")
            parameters[name] = text
            tokens = f"{{{name}:String}}"
            if first := _first_tokens(text):
                parameters[f"{name}t"] = first
                tokens = f"{{{name}t:String}}"
            held.append(_holds(text, f"{{{name}:String}}", tokens, words.role))
        holds = held[0] if len(held) == 1 else " OR ".join(f"({one})" for one in held)
        parts.append(f"NOT ({holds})" if word.unwanted else holds)
    return Condition(" AND ".join(f"({part})" for part in parts) or "1", parameters)


def spellings(text: str) -> tuple[str, ...]:
    """The ways in which the same letters may stand in the store: as they are written there today (`said.py`), and as
    they may have been before: as typed, composed, or with combining signs."""
    if text.isascii():
        return (text,)
    return tuple(dict.fromkeys((normalize("NFKC", text), text, normalize("NFC", text), normalize("NFD", text))))


_SIDES = {
    "user": "substringIndex(said, '\\x1e', 1)",
    "assistant": "substring(said, position(said, '\\x1e') + 1)",
}


def _first_tokens(text: str) -> str | None:
    """The beginning of a phrase that has more words than are looked up; None for all others."""
    found = _TOKENS.search(text)
    return found.group() if found and found.end() < len(text) else None


def _holds(text: str, bound: str, tokens: str, role: str | None) -> str:
    found = []
    if any(character.isalnum() for character in text):
        found.append(f"hasAllTokens(said, {tokens})")
    if role is not None or not _ONE_WORD.fullmatch(text):
        found.append(f"positionCaseInsensitiveUTF8({_SIDES.get(role or '', 'said')}, {bound}) > 0")
    return " AND ".join(found)


@dataclass(frozen=True)
class Place:
    """A place in a text where something was found."""

    role: Literal["user", "assistant"]
    snippet: str
    start: int
    """In the snippet, in characters."""
    length: int


SNIPPET_CHARACTERS = 200
BEFORE_CHARACTERS = 60


def places(text: str, words: Words) -> Iterator[Place]:
    """Every place where a wanted word or phrase stands in `spans.said`, each with the text around it."""
    for role, side in zip(ROLES, text.split(SAID_SEPARATOR, 1), strict=False):
        if words.role in (None, role) and words.wanted:
            for match in _pattern(words).finditer(side):
                yield _place(role, side, match)


def _pattern(words: Words) -> re.Pattern[str]:
    def one(text: str) -> str:
        # Words are whole words; where a script has no spaces, they stand among others.
        edge = r"(?<![^\W_])", r"(?![^\W_])"
        return edge[0] + re.escape(text) + edge[1] if _ONE_WORD.fullmatch(text) and text.isascii() else re.escape(text)

    wanted = {spelling for text in words.wanted for spelling in spellings(text)}
    return re.compile("|".join(one(text) for text in sorted(wanted, key=lambda t: (-len(t), t))), re.IGNORECASE)


def _place(role: str, side: str, match: re.Match[str]) -> Place:
    begin = max(0, match.start() - BEFORE_CHARACTERS)
    if begin:
        # From the beginning of a word, and a sign that something stands before.
        begin = side.find(" ", begin, match.start()) + 1 or begin
    end = begin + SNIPPET_CHARACTERS
    lead = "…" if begin else ""
    snippet = lead + side[begin:end].replace("\n", " ").replace("\t", " ") + ("…" if end < len(side) else "")
    return Place(
        role=role,  # pyright: ignore[reportArgumentType]
        snippet=snippet,
        start=len(lead) + match.start() - begin,
        length=min(match.end(), end) - match.start(),
    )
