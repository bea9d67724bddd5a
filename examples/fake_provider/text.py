"""Plain text out of the many forms in which the protocols let a message's content come."""

from typing import Any


def text_of(content: Any) -> str:
    """The words of a content: a string, a list of parts, or nothing; what is no text counts as nothing."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(
        part if isinstance(part, str) else part.get("text") or text_of(part.get("content")) for part in parts
    )
