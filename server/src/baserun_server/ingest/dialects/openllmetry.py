"""OpenLLMetry (Traceloop): GenAI attributes of several generations, structure and content under `traceloop.*`.

Convention: https://github.com/traceloop/openllmetry, as sent by `traceloop-sdk` 0.62.4 and, with older names, 0.40.14.

    chat gpt-4o                                         scope `opentelemetry.instrumentation.openai.v1`
    gen_ai.operation.name = "chat"
    gen_ai.request.model = "gpt-4o"
    gen_ai.user = "hash-1"                              the provider's end-user field
    traceloop.workflow.name = "support"
    traceloop.association.properties.session_id = "s-1"
    traceloop.association.properties.user_id = "u-1"
"""

from collections.abc import Set

from ...model import Span
from ..otlp.sent import SentSpan
from ..values import parsed
from .words import fill, fill_texts, kind_of

TEXTS = (("trace_name", ("traceloop.workflow.name",)),)


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `traceloop`."""
    return "traceloop" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if not span.kind and "traceloop.span.kind" in attributes:
        span.kind = kind_of(attributes["traceloop.span.kind"])
    fill_texts(span, attributes, TEXTS)
    if span.kind == "tool" and not span.tool_name and "traceloop.entity.name" in attributes:
        span.tool_name = str(attributes["traceloop.entity.name"])
    if span.input is None and "traceloop.entity.input" in attributes:
        span.input = parsed(attributes["traceloop.entity.input"], numbers=True)
        span.attributes.pop("traceloop.entity.input")
    if span.output is None and "traceloop.entity.output" in attributes:
        span.output = parsed(attributes["traceloop.entity.output"], numbers=True)
        span.attributes.pop("traceloop.entity.output")
    if span.kind == "tool":
        fill(span, tool_arguments=span.input, tool_result=span.output)
