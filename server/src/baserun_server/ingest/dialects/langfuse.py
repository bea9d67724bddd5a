"""Langfuse: observations under `langfuse.observation.*`, the trace under `langfuse.trace.*`.

Convention: https://langfuse.com/integrations/native/opentelemetry#property-mapping, as sent by the Python SDK 3.15 to
5.0 and the JavaScript SDK 5.11.

    OpenAI-generation                                   scope `langfuse-sdk`
    langfuse.observation.type = "generation"
    langfuse.observation.model.name = "gpt-4o-mini"
    langfuse.observation.usage_details = '{"prompt_tokens": 100, "completion_tokens": 20, …}'
    langfuse.observation.input = '[{"role": "user", "content": "Hi"}]'
    langfuse.trace.name = "support"
    session.id = "s-1"
    user.id = "u-1"

The usage comes in two forms: the provider's own object (inclusive), and disjoint buckets (`input` leaves out
`input_cached_tokens`, `output` leaves out `output_reasoning_tokens`), which are added up here.
"""

from collections.abc import Set
from datetime import datetime
from typing import Any

from ...model import Span
from ..messages import forget, read_messages
from ..otlp.sent import SentSpan
from ..values import mapping, number, parsed, text
from .words import fill, fill_texts, kind_of, report_bill

TEXTS = (
    ("model", ("langfuse.observation.model.name",)),
    ("model_requested", ("langfuse.observation.model.name",)),
)


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `langfuse`."""
    return "langfuse" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if not span.kind:
        span.kind = kind_of(attributes.get("langfuse.observation.type"))
    fill_texts(span, attributes, TEXTS)
    if text(attributes.get("langfuse.observation.level")).upper() == "ERROR":
        span.status = "error"
    span.status_message = span.status_message or text(attributes.get("langfuse.observation.status_message"))
    took_in = parsed(attributes.get("langfuse.observation.input"))
    gave_out = parsed(attributes.get("langfuse.observation.output"))
    if span.kind in ("llm", "embedding"):
        _read_call(sent, span, took_in, gave_out)
    else:
        fill(span, input=took_in, output=gave_out)
        if span.kind == "tool":
            span.tool_name = span.tool_name or span.name
            fill(span, tool_arguments=took_in, tool_result=gave_out)
    forget(span, "langfuse.observation.input", took_in)
    forget(span, "langfuse.observation.output", gave_out)


def _read_call(sent: SentSpan, span: Span, took_in: Any, gave_out: Any) -> None:
    attributes = sent.attributes
    cost = mapping(attributes.get("langfuse.observation.cost_details"))
    # Its SDKs reckon nothing: what stands here is what the application says.
    parts = [number(value) or 0 for key, value in cost.items() if key != "total"]
    report_bill(span, cost.get("total", sum(parts)))
    for key, value in mapping(attributes.get("langfuse.observation.model.parameters")).items():
        if value != "Infinity":
            span.parameters.setdefault(key, value)
    started_us = _time_us(attributes.get("langfuse.observation.completion_start_time"))
    if started_us is not None and started_us >= sent.start_ns // 1000 and span.time_to_first_token_us is None:
        span.time_to_first_token_us = started_us - sent.start_ns // 1000
        span.streaming = True
    if isinstance(took_in, dict) and isinstance(took_in.get("tools"), list) and not span.tool_definitions:
        span.tool_definitions = took_in["tools"]
    if span.kind == "llm":
        span.input_messages = span.input_messages or read_messages(
            took_in, "user", attributes.get("langfuse.observation.input")
        )
        span.output_messages = span.output_messages or read_messages(
            gave_out, "assistant", attributes.get("langfuse.observation.output")
        )
    else:
        fill(span, input=took_in)


def _time_us(value: Any) -> int | None:
    written = text(value)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return round(moment.timestamp() * 1_000_000)
