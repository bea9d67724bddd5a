"""What people, models and tools said, cut to a size that a page can take.

Nothing longer than 16 KB travels inside a list of messages: text is cut, media is only named. What was cut says so in
place (`truncated`, `bytes`), and the span's own address gives it whole (`?content=full`).
"""

from typing import Any

import orjson

LIMIT_BYTES = 16_384


def cut_message(message: dict[str, Any], limit_bytes: int | None = LIMIT_BYTES) -> dict[str, Any]:
    """One message, each part at most so large (None: however large); a foreign form is put into the parts form."""
    parts = message.get("parts")
    if not isinstance(parts, list):
        content = message.get("content")
        parts = content if isinstance(content, list) else [{"type": "text", "content": content}]
    rest = {key: value for key, value in message.items() if key not in ("parts", "content", "role")}
    if rest.get("finish_reason") is not None:
        rest["finish_reason"] = text_of(rest["finish_reason"])
    if limit_bytes is not None:
        rest = {key: cut_value(value, limit_bytes) for key, value in rest.items()}
    return {
        "role": str(message.get("role") or "unknown"),
        "parts": [cut_part(part, limit_bytes) for part in parts],
        **rest,
    }


def cut_part(part: Any, limit_bytes: int | None = LIMIT_BYTES) -> dict[str, Any]:
    """A part of a message, at most so large."""
    if not isinstance(part, dict):
        part = {"type": "text", "content": part}
    part = {**part, "type": str(part.get("type") or "unknown")}
    size = _size(part)
    if limit_bytes is None or size <= limit_bytes:
        return part
    if part["type"] in ("text", "reasoning", "refusal") and isinstance(part.get("content"), str):
        return {
            **part,
            "content": _begin(part["content"], limit_bytes),
            "truncated": True,
            "bytes": len(part["content"].encode()),
        }
    if part["type"] in ("blob", "uri", "file"):
        kept = {key: value for key, value in part.items() if _size(value) <= 1_024}
        return {**kept, "type": part["type"], "truncated": True, "bytes": size}
    kept = {key: value for key, value in part.items() if _size(value) <= 1_024}
    cut = {key: cut_value(value, limit_bytes // 2) for key, value in part.items() if key not in kept}
    return {**kept, **cut, "type": part["type"], "truncated": True, "bytes": size}


def cut_value(value: Any, limit_bytes: int = LIMIT_BYTES) -> Any:
    """Any JSON value; a longer one becomes `{truncated, bytes, preview}` with the beginning of its text."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    size = len(text.encode())
    if size <= limit_bytes:
        return value
    return {"truncated": True, "bytes": size, "preview": _begin(text, limit_bytes)}


def text_of(value: Any) -> str:
    """A value as a person would read it: text as it is, a lone text inside an object as itself, else JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dict) and len(value) == 1:
        (only,) = value.values()
        if isinstance(only, str):
            return only
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _begin(text: str, limit_bytes: int) -> str:
    return text.encode()[:limit_bytes].decode(errors="ignore")


def _size(value: Any) -> int:
    return len(orjson.dumps(value))
