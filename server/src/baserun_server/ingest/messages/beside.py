"""What stays beside what was read, and texts of values."""

from typing import Any

import msgspec

EMPTY: tuple[Any, ...] = (None, "", [], {})


def beside(raw: dict[str, Any], *read: str) -> dict[str, Any]:
    """What an object says besides the fields that were read."""
    return {key: value for key, value in raw.items() if key not in read and value not in EMPTY}


def object_in(raw: dict[str, Any], key: str) -> dict[str, Any]:
    """The object in a field, empty where it holds none."""
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def written(value: Any) -> str:
    """A value as text: what is text already as it stands, anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return str(value)


def first_of(raw: dict[str, Any], *keys: str) -> Any:
    """The first value of these fields that says something."""
    for key in keys:
        value = raw.get(key)
        if value not in EMPTY:
            return value
    return None
