"""AgentOps: flat GenAI attributes, with kinds and entities under `agentops.*`.

Convention: https://docs.agentops.ai/v2/concepts/spans, as sent by `agentops` 0.4.21.

    tool_call.weather                                   scope `agentops`
    agentops.span.kind = "tool"

A span named `tool_call.*` says that a model asked for a tool. It is not a run of the tool.
"""

from collections.abc import Set

from ...model import Span
from ..otlp.sent import SentSpan
from ..values import parsed, text
from .words import kind_of, mark


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `agentops`."""
    return "agentops" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if sent.name.startswith("tool_call."):
        span.kind = "other"
        mark(span, "tool_request")
        return
    if not span.kind:
        span.kind = kind_of(text(attributes.get("agentops.span.kind")))
    if span.input is None and "agentops.entity.input" in attributes:
        span.input = parsed(attributes["agentops.entity.input"])
    if span.output is None and "agentops.entity.output" in attributes:
        span.output = parsed(attributes["agentops.entity.output"])
