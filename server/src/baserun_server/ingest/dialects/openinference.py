"""OpenInference (Arize, Phoenix): flattened messages, parameters as one JSON text, request and response whole.

Convention: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md, as sent by
`openinference-instrumentation-openai` 0.1.66, `-anthropic` 3.1.0, `-langchain` 0.1.80 and `-llama-index` 4.6.1.

    ChatCompletion                                      scope `openinference.instrumentation.openai`
    openinference.span.kind = "LLM"
    llm.model_name = "gpt-4o-mini-2024-07-18"
    llm.invocation_parameters = '{"model": "gpt-4o-mini", "temperature": 0, "user": "hash-1"}'
    llm.input_messages.0.message.role = "user"
    llm.input_messages.0.message.content = "Weather in Oslo?"
    llm.token_count.prompt = 100
    session.id = "s-1"
    user.id = "u-1"
"""

from collections.abc import Mapping, Set
from typing import Any

from ...model import Span
from ..messages import message, read_messages
from ..otlp.sent import SentSpan
from ..values import first, kept_whole, mapping, nested, numbered, parsed, structure, text
from .words import fill, fill_texts, finish_reason_of, kind_of, mark, provider_of, report_cost

TEXTS = (
    ("model", ("llm.response.model_name", "llm.model_name", "embedding.model_name", "reranker.model_name")),
    ("model_requested", ("llm.request.model_name",)),
    ("response_id", ("llm.response.id",)),
    ("tool_name", ("tool.name",)),
    ("tool_call_id", ("tool_call.id", "tool.id")),
)
FIRST_CHUNK_EVENT = "First Token Stream Event"


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `openinference`, which the kind brings to every one."""
    return "openinference" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    kind = kind_of(attributes.get("openinference.span.kind"))
    if kind == "llm" and _calls_nothing(sent):
        kind = "chain"
        mark(span, "no_call")
    span.kind = span.kind or kind
    fill_texts(span, attributes, TEXTS)
    if not span.provider:
        span.provider = provider_of(text(first(attributes, ("llm.provider", "llm.system"))))
    request = mapping(attributes.get("input.value")) if span.kind in ("llm", "embedding") else {}
    response = mapping(attributes.get("output.value")) if span.kind in ("llm", "embedding") else {}
    if span.kind in ("llm", "embedding"):
        _read_call(sent, span, request, response)
        _read_messages(attributes, span)
    elif span.kind == "tool":
        arguments, is_cut = kept_whole(span, first(attributes, ("input.value", "tool.parameters")))
        if is_cut:
            mark(span, "truncated")
        fill(span, tool_arguments=arguments, tool_result=parsed(attributes.get("output.value")))
    if not span.input_messages and not span.output_messages:
        fill(span, input=parsed(attributes.get("input.value")), output=parsed(attributes.get("output.value")))
        if span.kind == "retrieval" and span.output is None:
            span.output = _documents(attributes) or None
        span.attributes.pop("input.value", None)
        span.attributes.pop("output.value", None)


def _calls_nothing(sent: SentSpan) -> bool:
    """LlamaIndex marks private helpers as model calls; they end with neither output, usage nor error."""
    helper = sent.name.rpartition(".")[2].startswith("_")
    attributes = sent.attributes
    return helper or (
        "llama_index" in sent.scope["name"]
        and sent.status_code != 2
        and "llm.token_count.total" not in attributes
        and "llm.token_count.prompt" not in attributes
        and not any(key.startswith("llm.output_messages.") for key in attributes)
    )


def _read_call(sent: SentSpan, span: Span, request: dict[str, Any], response: dict[str, Any]) -> None:
    attributes = sent.attributes
    parameters = mapping(attributes.get("llm.invocation_parameters"))
    for key, value in parameters.items():
        span.parameters.setdefault(key, value)
    span.model_requested = span.model_requested or text(parameters.get("model")) or text(request.get("model"))
    span.response_id = span.response_id or text(response.get("id"))
    span.service_tier = span.service_tier or text(response.get("service_tier"))
    span.streaming = span.streaming or parameters.get("stream") is True or request.get("stream") is True
    reason = text(attributes.get("llm.finish_reason"))
    if reason and not span.finish_reasons:
        span.finish_reasons = [finish_reason_of(reason)]
    report_cost(span, attributes.get("llm.cost.total"))
    for event in sent.events:
        if event.name == FIRST_CHUNK_EVENT:
            span.streaming = True
            if span.time_to_first_token_us is None and event.time_ns >= sent.start_ns:
                span.time_to_first_token_us = (event.time_ns - sent.start_ns) // 1000
    if not span.tool_definitions:
        tools = [structure(tool.get("tool.json_schema")) for tool in numbered(attributes, "llm.tools.")]
        span.tool_definitions = [tool for tool in tools if tool is not None]


def _read_messages(attributes: Mapping[str, Any], span: Span) -> None:
    took_in = [_message(fields, "user") for fields in numbered(attributes, "llm.input_messages.")]
    gave_out = [_message(fields, "assistant") for fields in numbered(attributes, "llm.output_messages.")]
    for key in [key for key in span.attributes if key.startswith(("llm.input_messages.", "llm.output_messages."))]:
        del span.attributes[key]
    if not any(message["parts"] for message in took_in) and span.kind == "llm":
        took_in = read_messages(attributes.get("input.value"), "user") or took_in
    if not any(message["parts"] for message in gave_out) and span.kind == "llm":
        # What the flattened form has no word for (a refusal, a spoken answer) stands in the whole answer alone.
        gave_out = read_messages(attributes.get("output.value"), "assistant") or gave_out
    span.input_messages = span.input_messages or took_in
    span.output_messages = span.output_messages or gave_out


def _message(fields: dict[str, Any], role: str) -> dict[str, Any]:
    raw = nested({key.removeprefix("message."): value for key, value in fields.items()})
    calls, blocks = raw.pop("tool_calls", None), raw.pop("contents", None)
    made = dict(raw)
    if isinstance(calls, list):
        made["tool_calls"] = [call.get("tool_call", call) for call in calls if isinstance(call, dict)]
    if isinstance(blocks, list):
        blocks = [block.get("message_content", block) for block in blocks if isinstance(block, dict)]
        made["content"] = [{"type": "text", **block} for block in blocks if isinstance(block, dict)]
    return message(made, role)


def _documents(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {key.removeprefix("document."): value for key, value in document.items()}
        for document in numbered(attributes, "retrieval.documents.")
    ]
