"""Messages that a sender put into log records beside the span, as some of OpenTelemetry's GenAI packages do.

Here they meet their span, when it is read, however and whenever the two arrived: by project, trace and span. The
store keeps a record that was sent again once, by its id, so a message is shown once.
"""

from typing import Any

import orjson

from . import rows
from .reader import Reader

SIDES = ("input_messages", "output_messages")
TOOLS = "tool_definitions"


async def with_contents(ask: Reader, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows of spans; LLM calls without messages get those that were sent apart from them."""
    silent = [span for span in spans if span["kind"] == "llm" and not all(span[side] for side in SIDES)]
    if not silent:
        return spans
    ids = sorted({span["trace_id"] for span in silent})
    found = await ask.rows("contents_of_spans", {"ids": ids, "span_ids": sorted({span["span_id"] for span in silent})})
    bodies: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in found:
        bodies.setdefault((entry["trace_id"], entry["span_id"]), []).append(rows.load(entry["body"], {}))
    for span in silent:
        own = bodies.get((span["trace_id"], span["span_id"]), [])
        for side in SIDES:
            if not span[side] and (messages := [message for body in own for message in body.get(side, [])]):
                span[side] = orjson.dumps(messages).decode()
        if not span.get(TOOLS, "read"):
            tools = next((tools for body in own if (tools := body.get(TOOLS))), None)
            span[TOOLS] = orjson.dumps(tools).decode() if tools else ""
    return spans
