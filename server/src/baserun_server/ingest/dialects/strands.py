"""Strands Agents: GenAI attributes, content in span events as Bedrock's blocks, and a first-token time in
milliseconds where everyone else counts seconds."""

from collections.abc import Set

from ...model import Span
from ..otlp.sent import SentSpan
from ..values import number
from .genai import DAY_SECONDS

EVENT_LOOP = "execute_event_loop_cycle"


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans of the scope `strands.telemetry.tracer`."""
    return scope.startswith("strands")


def read(sent: SentSpan, span: Span) -> None:
    """Fill what the conventions would read wrongly."""
    if sent.name == EVENT_LOOP:
        span.kind = "chain"
    milliseconds = number(sent.attributes.get("gen_ai.server.time_to_first_token"))
    if milliseconds is not None and 0 <= milliseconds < DAY_SECONDS * 1000:
        span.time_to_first_token_us = round(milliseconds * 1000)
