"""What people said and programs returned: a snapshot at the call, written as JSON later, capped, redacted.

`snapshot()` runs on the caller's thread and only copies containers, so that a list which the application goes on
changing is recorded as it was. Everything that costs (JSON, redaction, cutting) runs on our own thread.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from baserun._config import Redact
from baserun.recording import _attributes as names

MAX_DEPTH = 12
MAX_ITEMS = 10_000
MAX_REPR_CHARACTERS = 4_096
CUT_MARK = "… [cut]"
UNREDACTABLE = "[redaction failed: left out]"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False).encode
_PLAIN = (str, int, float, bool, type(None))


def snapshot(value: Any, depth: int = 0) -> Any:
    """Copy a value so that later changes cannot show; what JSON has no word for becomes its repr."""
    if isinstance(value, _PLAIN):
        return value if type(value) in _PLAIN else _plain(value)
    if depth >= MAX_DEPTH:
        return short_repr(value)
    if isinstance(value, Mapping):
        return {
            key if isinstance(key, str) else str(key): snapshot(item, depth + 1)
            for key, item in _first(value.items(), len(value))
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [snapshot(item, depth + 1) for item in _first(value, len(value))]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} bytes>"
    if hasattr(type(value), "__pydantic_fields__") or hasattr(type(value), "__dataclass_fields__"):
        fields = getattr(value, "__dict__", None)
        if fields:
            return {name: snapshot(item, depth + 1) for name, item in list(fields.items()) if not name.startswith("_")}
    return short_repr(value)


def _first(items: Any, count: int) -> Any:
    if count <= MAX_ITEMS:
        return list(items)
    kept = []
    for item in items:
        kept.append(item)
        if len(kept) == MAX_ITEMS:
            break
    return kept


def _plain(value: Any) -> Any:
    """Return the plain value of a subclass (an enum, a numpy float): its own JSON form could run foreign code."""
    if isinstance(value, str):
        return str.__str__(value)
    return int(value) if isinstance(value, int) else float(value)


def short_repr(value: Any) -> str:
    """Return the repr of a value, capped; a repr that raises is replaced by the name of its class."""
    try:
        text = repr(value)
    except Exception:
        return f"<{type(value).__name__}>"
    return text if len(text) <= MAX_REPR_CHARACTERS else text[:MAX_REPR_CHARACTERS] + CUT_MARK


def to_json(value: Any) -> str:
    """Write a snapshot as JSON text; what is no number in JSON (NaN, infinity) becomes text."""
    try:
        return _encode(value)
    except (ValueError, TypeError, RecursionError):
        return _encode(_finite(snapshot(value)))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value


def metadata_attributes(metadata: dict[str, Any] | None, prefix: str = names.METADATA) -> dict[str, Any]:
    """Return metadata as attributes: scalars as they are, anything else as JSON text."""
    return {
        f"{prefix}{key}": value if isinstance(value, (str, bool, int, float)) else to_json(snapshot(value))
        for key, value in (metadata or {}).items()
        if value is not None
    }


def to_capped_json(value: Any, max_bytes: int) -> tuple[str, bool]:
    """Write a value as JSON text of at most about `max_bytes`, which stays JSON: the longest texts in it are cut.

    Returns the text and whether something was cut.
    """
    text = to_json(value)
    if len(text) <= max_bytes // 4 or len(text.encode("utf-8", "replace")) <= max_bytes:
        return text, False
    limit = max_bytes // 4
    while limit > 64:
        text = to_json(_cut_texts(value, limit))
        if len(text.encode("utf-8", "replace")) <= max_bytes:
            return text, True
        limit //= 4
    return to_json(to_json(value)[: max_bytes // 4] + CUT_MARK), True


def _cut_texts(value: Any, limit: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= limit else value[:limit] + CUT_MARK
    if isinstance(value, dict):
        return {key: _cut_texts(item, limit) for key, item in value.items()}
    if isinstance(value, list):
        return [_cut_texts(item, limit) for item in value]
    return value


def redacted(value: Any, redact: Redact) -> Any:
    """Pass every text in a value through `redact`; where that raises, the text is left out rather than sent."""
    if isinstance(value, str):
        try:
            return str(redact(value))
        except Exception:
            return UNREDACTABLE
    if isinstance(value, Mapping):
        return {key: redacted(item, redact) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item, redact) for item in value]
    return value
