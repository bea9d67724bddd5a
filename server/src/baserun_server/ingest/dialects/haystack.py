"""Haystack through `opentelemetry-haystack`: no GenAI attribute at all; model and usage are in the output's JSON.

Convention: https://docs.haystack.deepset.ai/docs/tracing-opentelemetry, as sent by `haystack-ai` 3.4 with
`opentelemetry-haystack` 2.0.0 and `HAYSTACK_CONTENT_TRACING_ENABLED=true`.

    haystack.component.run                              scope `opentelemetry_haystack`
    haystack.component.type = "OpenAIChatGenerator"
    haystack.component.input = '{"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}'
    haystack.component.output = '{"replies": [{"meta": {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 10}}}]}'
"""

from collections.abc import Mapping, Set
from typing import Any

from ...model import Span
from ..messages import message
from ..otlp.sent import SentSpan
from ..values import first, items, mapping, parsed, text
from .words import fill, finish_reason_of

INPUT = ("haystack.agent.step.llm.input", "haystack.component.input", "haystack.pipeline.input_data")
OUTPUT = ("haystack.agent.step.llm.output", "haystack.component.output", "haystack.pipeline.output_data")


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `haystack`."""
    return "haystack" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    took_in, gave_out = parsed(first(attributes, INPUT)), parsed(first(attributes, OUTPUT))
    if not span.kind:
        span.kind = _kind(attributes, gave_out)
    if span.kind == "llm" and isinstance(gave_out, dict):
        _read_call(span, took_in, gave_out)
    elif span.kind == "tool":
        span.tool_name = span.tool_name or text(attributes.get("haystack.agent.step.tool.name")) or span.name
        arguments = parsed(attributes.get("haystack.agent.step.tool.input", took_in))
        result = parsed(attributes.get("haystack.agent.step.tool.output", gave_out))
        fill(span, tool_arguments=arguments, tool_result=result)
    if not span.output_messages:
        fill(span, input=took_in, output=gave_out)


def _kind(attributes: Mapping[str, Any], gave_out: Any) -> str:
    component = text(attributes.get("haystack.component.type"))
    if "haystack.agent.step.llm.output" in attributes or "haystack.agent.step.llm.input" in attributes:
        return "llm"
    if any(key.startswith("haystack.agent.step.tool") for key in attributes) or "ToolInvoker" in component:
        return "tool"
    if "Generator" in component or (isinstance(gave_out, dict) and "replies" in gave_out):
        return "llm"
    if "Embedder" in component:
        return "embedding"
    if "Retriever" in component or "Ranker" in component:
        return "retrieval"
    return "agent" if component == "Agent" else "chain"


def _read_call(span: Span, took_in: Any, gave_out: dict[str, Any]) -> None:
    replies = []
    for reply in items(gave_out.get("replies")):
        reply = mapping(reply) or {"content": reply}
        meta = mapping(reply.get("meta") or reply.get("_meta"))
        span.model = span.model or text(meta.get("model"))
        reason = text(meta.get("finish_reason"))
        made = _message(reply, "assistant")
        if reason:
            made["finish_reason"] = finish_reason_of(reason)
            span.finish_reasons = span.finish_reasons or [finish_reason_of(reason)]
        replies.append(made)
    span.output_messages = span.output_messages or replies
    asked = took_in.get("messages") if isinstance(took_in, dict) else took_in
    if span.input_messages:
        return
    if isinstance(asked, list):
        span.input_messages = [_message(item, "user") for item in map(mapping, asked) if item]
    elif isinstance(took_in, dict) and took_in.get("prompt"):
        span.input_messages = [message({"content": took_in["prompt"]}, "user")]


def _message(raw: dict[str, Any], role: str) -> dict[str, Any]:
    role = text(raw.get("role") or raw.get("_role")) or role
    return message({"content": raw.get("content", raw.get("_content"))}, role)
