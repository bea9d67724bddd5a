"""The formats in which providers are spoken to: one file each, in order of preference.

Each has `recognises(host, path)`, `read_request(reading, request)`, `read_answer(reading, answer)` and
`read_events(reading, events)`; all are pure and run on our thread. `may_be_model_call` is all that the caller's thread
asks of them.
"""

from __future__ import annotations

from typing import Any

from baserun.instrumentation.wires import openai_chat

WIRES: tuple[Any, ...] = (openai_chat,)

_LAST_SEGMENTS = frozenset((b"completions",))


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
