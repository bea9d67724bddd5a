"""The formats in which providers are spoken to: one file each, in order of preference.

Each has `recognises(host, path)`, `read_request(reading, request)`, `read_answer(reading, answer)` and
`read_events(reading, events)`, or `read_bytes` where the answer need not be JSON; all are pure and run on our thread.
`may_be_model_call` is all that the caller's thread asks.
"""

from __future__ import annotations

from typing import Any

from baserun.instrumentation.wires import (
    anthropic_messages,
    cohere_chat,
    google_generate,
    ollama_chat,
    openai_chat,
    openai_completions,
    openai_media,
    openai_responses,
)

WIRES: tuple[Any, ...] = (
    openai_chat,
    openai_responses,
    anthropic_messages,
    google_generate,
    openai_completions,
    openai_media,
    cohere_chat,
    ollama_chat,
)

_LAST_SEGMENTS = frozenset(
    (
        b"completions",
        b"responses",
        b"messages",
        b"invoke",
        b"invoke-with-response-stream",
        b"embeddings",
        b"generations",
        b"edits",
        b"variations",
        b"speech",
        b"transcriptions",
        b"translations",
        b"chat",
        b"generate",
        b"embed",
        b"rerank",
    )
)


def may_be_model_call(raw_path: bytes) -> bool:
    """Whether a path looks like a call of a model, by its last segment; costs half a microsecond."""
    path = raw_path.partition(b"?")[0]
    last = path[path.rfind(b"/") + 1 :]
    return last in _LAST_SEGMENTS or b":" in last


def wire_for(host: str, path: str) -> Any:
    """Return the wire that a request speaks, or None."""
    for wire in WIRES:
        if wire.recognises(host, path):
            return wire
    return None
