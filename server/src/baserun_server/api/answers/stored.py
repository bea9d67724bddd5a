"""JSON that the store holds, as values that every answer can carry. Pure.

Whatever was accepted can be read: text of an earlier version, of a sender that writes numbers beyond 64 bits or halves
of surrogate pairs, or nested deeper than an answer can be, never makes an answer fail. What JSON cannot carry is
replaced, and a value that is nested too deep is given as its text.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
import re2

DEPTH = 200
"""Levels of a value that an answer carries. Pydantic writes 255, and the answers' own records have fewer than 20."""
_LONG_DIGITS = 19
_LONG_NUMBER = re2.compile(rf"[0-9]{{{_LONG_DIGITS}}}")
_FLAT_DEPTH = 64
"""Levels that are kept of a value that has more than `DEPTH`."""
_TOO_DEEP = "(nested too deep to show)"


def load(text: str, empty: Any = None) -> Any:
    """The value of a JSON text; `empty` for the empty text, and the text itself where it is none."""
    if not text:
        return empty
    if len(text) >= _LONG_DIGITS and _LONG_NUMBER.search(text):
        # Only a reader that is asked to keeps all digits of a number beyond 64 bits.
        return _load_strange(text)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _load_strange(text)
    return value if _fits(text, value) else _flattened(value)


def load_map(text: str) -> dict[str, Any]:
    """The object of a JSON text; where it is something else, that under the empty key."""
    value = load(text, {})
    return value if isinstance(value, dict) else {"": value}


def load_list(text: str) -> list[Any]:
    """The array of a JSON text; where it is something else, that as its only item."""
    value = load(text, [])
    return value if isinstance(value, list) else [value]


def load_messages(text: str) -> list[dict[str, Any]]:
    """The messages of a JSON text; what is no message becomes the text of one."""
    return [_message(item) for item in load_list(text)]


class Messages:
    """Reads messages, each once however many calls repeat it: the same text gives the same object."""

    def __init__(self) -> None:
        self._known: dict[bytes, dict[str, Any]] = {}

    def read(self, text: str) -> list[dict[str, Any]]:
        """The messages of a JSON text, as `load_messages` gives them."""
        if not text:
            return []
        try:
            parts = msgspec.json.decode(text, type=list[msgspec.Raw])
        except (msgspec.DecodeError, ValueError, RecursionError):
            return load_messages(text)
        return [self._read(bytes(part)) for part in parts]

    def _read(self, text: bytes) -> dict[str, Any]:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = _message(load(text.decode()))
        return known


def load_each(texts: Mapping[str, str]) -> dict[str, Any]:
    """A map of JSON texts as the values that they hold."""
    return {name: load(text) for name, text in texts.items()}


def well_formed(text: str) -> str:
    """The same text, with `?` for halves of surrogate pairs, which no encoding carries."""
    return text.encode("utf-8", "replace").decode()


def _message(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {"role": "unknown", "parts": [{"type": "text", "content": item}]}


def _fits(text: str, value: Any) -> bool:
    """Whether a value is nested no deeper than an answer can be."""
    if text.count("[") + text.count("{") <= DEPTH:
        return True
    try:
        orjson.dumps(_within(value))
    except orjson.JSONEncodeError:
        return False
    return True


def _within(value: Any) -> Any:
    """The value inside so many lists that orjson, which writes 254 levels, refuses one of more than `DEPTH`."""
    for _ in range(254 - DEPTH):
        value = [value]
    return value


def _load_strange(text: str) -> Any:
    """Read leniently what is not quite JSON; return the text where that fails, too."""
    try:
        value = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=str)
    except (ValueError, RecursionError):
        return well_formed(text)
    return _flattened(value)


def _number(digits: str) -> float | int | str:
    """A number as 64 bits hold it; its digits as text where they do not."""
    number = float(digits)
    if digits.lstrip("-").isdecimal():
        whole = int(digits) if len(digits) < 21 else None
        return whole if whole is not None and -(2**63) <= whole < 2**64 else digits
    return number if math.isfinite(number) else digits[:40]


def _flattened(value: Any, levels: int = _FLAT_DEPTH) -> Any:
    """The same value with well-formed texts; what is nested deeper than so many levels as its JSON text."""
    if isinstance(value, str):
        return well_formed(value)
    if not isinstance(value, (dict, list)) or not value:
        return value
    if levels == 0:
        return _text_of(value)
    if isinstance(value, list):
        return [_flattened(item, levels - 1) for item in value]
    return {well_formed(name): _flattened(item, levels - 1) for name, item in value.items()}


def _text_of(value: Any) -> str:
    try:
        return well_formed(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return _TOO_DEEP
