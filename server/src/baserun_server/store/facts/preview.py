"""Previews: what a person newly said, and what was answered, in at most 200 characters."""

from typing import Any

import orjson

from ...model import Span
from ...said import SAID_TYPES
from .rows import json_text

PREVIEW_CHARACTERS = 200


def fill_previews(span: Span) -> None:
    """Make a span's previews, where it has none yet."""
    if not (span.input_preview or span.output_preview or span.written_out):
        span.input_preview, span.output_preview = input_preview(span), output_preview(span)


def input_preview(span: Span) -> str:
    """The newest text of a user among a call's input messages; for other spans, what went in."""
    return asked(span.input_messages) or _cut(
        _plain(span, span.tool_arguments if span.kind == "tool" and span.input is None else span.input)
    )


def output_preview(span: Span) -> str:
    """The text of a call's answer; for other spans, what came out."""
    return answered(span.output_messages) or _cut(
        _plain(span, span.tool_result if span.kind == "tool" and span.output is None else span.output)
    )


def asked(messages: list[dict[str, Any]]) -> str:
    """The newest text of a user among a call's input messages, empty where there is none."""
    return next((_cut(text) for m in reversed(messages) if m.get("role") == "user" and (text := _text(m))), "")


def answered(messages: list[dict[str, Any]]) -> str:
    """The text of a call's answer, empty where there is none."""
    return next((_cut(text) for message in messages if (text := _text(message))), "")


def _text(message: dict[str, Any]) -> str:
    parts = message.get("parts")
    if not isinstance(parts, list):
        return ""
    if len(parts) == 1 and isinstance(parts[0], dict) and parts[0].get("type") in SAID_TYPES:
        content = parts[0].get("content")
        return content if isinstance(content, str) else ""
    texts = [part.get("content") for part in parts if isinstance(part, dict) and part.get("type") in SAID_TYPES]
    return "\n".join(text for text in texts if isinstance(text, str) and text)


def _plain(span: Span, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if as_sent := span.as_sent.get(id(value)):
        return as_sent[1]
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:
        return json_text(value)


def _cut(text: str) -> str:
    # Cut roughly first: the text may be megabytes long.
    words = text[: PREVIEW_CHARACTERS * 2]
    if not words.isprintable() or "  " in words or words[:1] == " " or words[-1:] == " ":
        # Most texts have one plain space between two words and need not be taken apart.
        words = " ".join(words.split())
    return words if len(words) <= PREVIEW_CHARACTERS else words[: PREVIEW_CHARACTERS - 1] + "…"
