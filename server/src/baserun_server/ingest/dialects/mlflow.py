"""MLflow Tracing: every attribute is JSON text, so a string keeps its quotes.

Convention: https://mlflow.org/docs/latest/genai/tracing/app-instrumentation/opentelemetry, as sent by `mlflow` 3.17.2.

    Completions                                         scope `mlflow.openai`
    mlflow.spanType = '"CHAT_MODEL"'
    mlflow.spanInputs = '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}], "user": "hash-1"}'
    mlflow.chat.tokenUsage = '{"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}'
    session.id = '"s-1"'
    user.id = '"u-1"'
"""

from collections.abc import Set
from typing import Any

from ...model import Span
from ..messages import forget, read_messages
from ..otlp.sent import SentSpan
from ..values import parsed, text
from .words import fill, fill_texts, kind_of, provider_of, report_cost

TEXTS = (("model", ("mlflow.llm.model",)), ("trace_name", ("mlflow.traceName",)))
NOT_PARAMETERS = frozenset(("messages", "input", "prompt", "tools", "model", "stream", "user"))


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `mlflow`."""
    return "mlflow" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if not span.kind:
        span.kind = kind_of(text(attributes.get("mlflow.spanType")))
    fill_texts(span, attributes, TEXTS)
    if not span.provider:
        span.provider = provider_of(text(attributes.get("mlflow.llm.provider")))
    took_in = parsed(attributes.get("mlflow.spanInputs"), numbers=True)
    gave_out = parsed(attributes.get("mlflow.spanOutputs"), numbers=True)
    if span.kind in ("llm", "embedding"):
        _read_call(attributes, span, took_in, gave_out)
    elif span.kind == "tool":
        span.tool_name = span.tool_name or span.name
        fill(span, tool_arguments=took_in, tool_result=gave_out)
    if not span.input_messages and not span.output_messages:
        fill(span, input=took_in, output=gave_out)
    forget(span, "mlflow.spanInputs", took_in)
    forget(span, "mlflow.spanOutputs", gave_out)


def _read_call(attributes: dict[str, Any], span: Span, took_in: Any, gave_out: Any) -> None:
    cost = parsed(attributes.get("mlflow.llm.cost"))
    cost = cost.get("total_cost", cost.get("total")) if isinstance(cost, dict) else cost
    report_cost(span, cost)
    if isinstance(took_in, dict):
        for key, value in took_in.items():
            if key not in NOT_PARAMETERS:
                span.parameters.setdefault(key, value)
        span.model_requested = span.model_requested or text(took_in.get("model"))
        span.streaming = span.streaming or took_in.get("stream") is True
    if isinstance(gave_out, dict):
        span.response_id = span.response_id or text(gave_out.get("id"))
        span.model = text(gave_out.get("model")) or span.model
    tools = parsed(attributes.get("mlflow.chat.tools"))
    if isinstance(tools, list) and not span.tool_definitions:
        span.tool_definitions = tools
    if span.kind == "llm":
        span.input_messages = span.input_messages or read_messages(took_in, "user", attributes.get("mlflow.spanInputs"))
        span.output_messages = span.output_messages or read_messages(
            gave_out, "assistant", attributes.get("mlflow.spanOutputs")
        )
