"""Strands Agents: GenAI attributes, content in span events as Bedrock's blocks, first-token times in milliseconds.

Convention: https://strandsagents.com/latest/documentation/docs/user-guide/observability-evaluation/traces, as sent by
`strands-agents` 1.62.0.

    chat                                                scope `strands.telemetry.tracer`
    gen_ai.system = "strands-agents"                    not a provider
    session.id = "s-1"
    user.id = "u-1"
    gen_ai.usage.input_tokens = 100
    gen_ai.server.time_to_first_token = 250             milliseconds; seconds everywhere else
    event gen_ai.user.message: content = '[{"text": "Weather?"}]'
"""

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
