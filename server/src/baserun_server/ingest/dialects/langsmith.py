"""LangSmith in its OpenTelemetry mode: kinds under `langsmith.*`, whole documents in `gen_ai.prompt`/`completion`.

Convention: https://docs.langchain.com/langsmith/trace-with-opentelemetry, as sent by `langsmith` 0.15.0.

    ChatOpenAI                                          scope `langsmith`
    langsmith.span.kind = "llm"
    langsmith.metadata.thread_id = "t-1"                the session
    langsmith.metadata.user_id = "u-1"
    langsmith.trace.session_name = "my-project"         not a session: the project
    gen_ai.request.model = "gpt-4o-mini"
    gen_ai.prompt = '{"messages": [[{"id": […, "HumanMessage"], "kwargs": {"content": "Hi"}}]]}'
"""

from collections.abc import Mapping, Set
from typing import Any

from ...model import Span
from ..otlp.sent import SentSpan
from ..values import mapping, parsed, text
from .words import fill, fill_texts, kind_of, provider_of

TEXTS = (
    ("model_requested", ("gen_ai.request.model", "langsmith.metadata.ls_model_name")),
    ("trace_name", ("langsmith.trace.name",)),
)


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `langsmith`."""
    return "langsmith" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if not span.kind:
        span.kind = kind_of(attributes.get("langsmith.span.kind"))
    if sent.parent_span_id and span.trace_name == "" and "langsmith.trace.name" in attributes:
        fill_texts(span, attributes, TEXTS[:1])
    else:
        fill_texts(span, attributes, TEXTS)
    if not span.provider:
        span.provider = provider_of(text(attributes.get("langsmith.metadata.ls_provider")))
    if span.kind in ("llm", "embedding"):
        _read_answer(attributes, span)
        return
    took_in, gave_out = parsed(attributes.get("gen_ai.prompt")), parsed(attributes.get("gen_ai.completion"))
    if span.kind == "tool":
        span.tool_name = span.tool_name or span.name
        fill(span, tool_arguments=took_in, tool_result=gave_out)
    fill(span, input=took_in, output=gave_out)
    span.attributes.pop("gen_ai.prompt", None)
    span.attributes.pop("gen_ai.completion", None)


def _read_answer(attributes: Mapping[str, Any], span: Span) -> None:
    answer = mapping(attributes.get("gen_ai.completion"))
    span.response_id = span.response_id or text(answer.get("id"))
    span.model = span.model or text(answer.get("model"))
