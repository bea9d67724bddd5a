"""Langfuse (SDKs 3 to 5 and JS 4, 5): observations under `langfuse.observation.*`, the trace under `langfuse.trace.*`.

Its usage comes in two forms: the provider's own object (inclusive), and disjoint buckets (`input` leaves out
`input_cached_tokens`, `output` leaves out `output_reasoning_tokens`), which are added up here.
"""

from collections.abc import Set
from datetime import datetime
from typing import Any

from ...model import Span
from ..messages import forget, read_messages
from ..otlp.sent import SentSpan
from ..values import count, mapping, parsed, text
from .genai import report_cost
from .words import fill, fill_texts, fill_usage, kind_of

TEXTS = (
    ("model", ("langfuse.observation.model.name",)),
    ("model_requested", ("langfuse.observation.model.name",)),
)
INPUT_BUCKETS = ("input_cached_tokens", "input_cache_read", "input_cache_creation", "cache_read_input_tokens",
                 "cache_creation_input_tokens", "input_audio_tokens")  # fmt: skip
OUTPUT_BUCKETS = ("output_reasoning_tokens", "output_audio_tokens")


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
    usage = mapping(attributes.get("langfuse.observation.usage_details"))
    if any(key in usage for key in ("input", "output")):
        _read_buckets(usage, span)
    else:
        fill_usage(span, usage)
    cost = mapping(attributes.get("langfuse.observation.cost_details"))
    if span.cost_nano_usd is None and "total" in cost:
        report_cost(span, cost["total"])
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


def _read_buckets(usage: dict[str, Any], span: Span) -> None:
    taken_in, given_out = count(usage.get("input")), count(usage.get("output"))
    beside_input = sum(count(usage.get(key)) or 0 for key in INPUT_BUCKETS)
    beside_output = sum(count(usage.get(key)) or 0 for key in OUTPUT_BUCKETS)
    total = count(usage.get("total"))
    if total is not None and (beside_input or beside_output) and total == (taken_in or 0) + (given_out or 0):
        # Here the buckets are contained in the totals already.
        beside_input = beside_output = 0
    if span.input_tokens is None and taken_in is not None:
        span.input_tokens = taken_in + beside_input
    if span.output_tokens is None and given_out is not None:
        span.output_tokens = given_out + beside_output
    for field, keys in (
        ("cached_tokens", ("input_cached_tokens", "input_cache_read", "cache_read_input_tokens")),
        ("cache_write_tokens", ("input_cache_creation", "cache_creation_input_tokens")),
        ("reasoning_tokens", ("output_reasoning_tokens",)),
    ):
        for key in keys:
            if getattr(span, field) is None and key in usage:
                setattr(span, field, count(usage[key]))


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
