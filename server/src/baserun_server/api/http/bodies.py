"""What a body of the API may hold: values that the log, the store and every answer can carry. Pure.

Checked once for a body as a whole, before its properties are read, so a property added later is checked without a line
of its own. A refusal names the rule, the limit and the place, and never repeats what was written there.
"""

import math
from collections.abc import Iterator
from typing import Any

from ...errors import BadParameter
from ...limits import KEY_CHARACTERS, METADATA_KEYS, TEXT_CHARACTERS
from .parameters import shorten


def check_body(body: Any) -> None:
    """Refuse a body that holds something which could not be read back as it was written."""
    for place, value in _values(body):
        wrong = _wrong_with(value)
        if wrong is not None:
            rule, hint = wrong
            where = f"the property `{place}`" if place else "the body"
            raise BadParameter(f"{where} {rule}", hint=hint, field=place or None)


def _values(body: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its place, outer ones first. How deep they may be, the door has seen to (`bounds.py`)."""
    waiting = [("", body)]
    while waiting:
        place, value = waiting.pop()
        yield place, value
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [(_place(place, key), item) for key, item in inner]


def _place(above: str, key: Any) -> str:
    """The path of a property, of which the two outer steps suffice: the inner ones are what people wrote."""
    return above if "." in above else f"{above}.{shorten(str(key))}" if above else shorten(str(key))


def _wrong_with(value: Any) -> tuple[str, str] | None:
    if isinstance(value, str):
        return _wrong_with_text(value)
    if isinstance(value, dict):
        return _wrong_with_keys(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "holds a number that JSON does not have", "send a finite number, `null`, or text"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "holds an integer of more than 64 bits", "send it as text"
    return None


def _wrong_with_text(text: str) -> tuple[str, str] | None:
    if not _is_encodable(text):
        return "holds half of a surrogate pair, which no encoding carries", "send whole characters"
    if len(text) > TEXT_CHARACTERS:
        return f"has {len(text):,} characters, and may have {TEXT_CHARACTERS:,}", "send less text"
    return None


def _wrong_with_keys(value: dict[str, Any]) -> tuple[str, str] | None:
    if len(value) > METADATA_KEYS:
        return (
            f"has {len(value):,} keys, and may have {METADATA_KEYS:,}",
            "send fewer keys, or one with the rest as text",
        )
    for key in value:
        if len(key) > KEY_CHARACTERS:
            return f"has a key of {len(key):,} characters, and keys may have {KEY_CHARACTERS:,}", "shorten the key"
        if wrong := _wrong_with_text(key):
            rule, hint = wrong
            return f"has a key that {rule}", hint
    return None


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
