"""Messages that a sender put into log records beside the span, as some of OpenTelemetry's GenAI packages do.

Where record and span were stored together the span already holds them (`ingest/events.py`). Where they came apart, they
meet here, when they are read.
"""

from typing import Any

import orjson

from . import rows
from .reader import Reader

SIDES = ("input_messages", "output_messages")


async def with_contents(ask: Reader, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows of spans; LLM calls without messages get those that were sent apart from them."""
    silent = [span for span in spans if span["kind"] == "llm" and not all(span[side] for side in SIDES)]
    if not silent:
        return spans
    ids = sorted({span["trace_id"] for span in silent})
    found = await ask.rows("contents_of_spans", {"ids": ids, "span_ids": sorted({span["span_id"] for span in silent})})
    said: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for entry in found:
        sides = said.setdefault((entry["trace_id"], entry["span_id"]), {side: [] for side in SIDES})
        body = rows.load(entry["body"], {})
        for side in SIDES:
            sides[side] += body.get(side, [])
    for span in silent:
        for side, messages in said.get((span["trace_id"], span["span_id"]), {}).items():
            if messages and not span[side]:
                span[side] = orjson.dumps(messages).decode()
    return spans
