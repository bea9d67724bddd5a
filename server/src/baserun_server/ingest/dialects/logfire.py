"""Logfire and Pydantic AI: GenAI attributes, readable names in `logfire.msg`, and calls in two spans.

Convention: https://ai.pydantic.dev/logfire/ and https://logfire.pydantic.dev/docs/, as sent by `logfire` 5.2.0 and
`pydantic-ai-slim` 2.68.0.

    chat gpt-4o                                         scope `pydantic-ai`
    gen_ai.operation.name = "chat"
    gen_ai.conversation.id = "c-1"
    logfire.msg = "chat gpt-4o"
    user_id = "u-1"                                     from baggage
    session_id = "[Scrubbed due to 'session']"          counts as absent
    operation.cost = 0.000123                           USD

For a streamed call `instrument_openai` leaves a request span without an answer and a log span with the answer: the
second is read as the call, the first as the step around it.
"""

from collections.abc import Set

from ...model import Span
from ..messages import read_messages
from ..otlp.sent import SentSpan
from ..values import mapping, number, parsed, text
from .words import fill_texts, mark, provider_of

TEXTS = (("tool_name", ("gen_ai.tool.name",)),)


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans of Logfire's or Pydantic AI's making."""
    return "logfire" in families or "pydantic_ai" in families or scope.startswith("pydantic")


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    fill_texts(span, attributes, TEXTS)
    request = mapping(attributes.get("request_data"))
    if request:
        _read_request(sent, span, request)
    if not sent.parent_span_id and not span.trace_name:
        span.trace_name = text(attributes.get("logfire.msg"))
    if span.input is None and "pydantic_ai.all_messages" in attributes:
        span.input = read_messages(attributes["pydantic_ai.all_messages"], "user") or None
        span.output = parsed(attributes.get("final_result"))
        span.attributes.pop("pydantic_ai.all_messages")
    if span.tool_arguments is None and "tool_arguments" in attributes:
        span.tool_arguments = parsed(attributes["tool_arguments"])
        span.tool_result = parsed(attributes.get("tool_response"))


def _read_request(sent: SentSpan, span: Span, request: dict[str, object]) -> None:
    attributes = sent.attributes
    response = mapping(attributes.get("response_data"))
    streamed = request.get("stream") is True
    is_answer = attributes.get("logfire.span_type") == "log"
    if streamed and not is_answer and not response:
        span.kind = "chain"
        span.input = read_messages(request, "user") or None
        mark(span, "call_in_two_spans")
        return
    span.kind = span.kind or ("embedding" if "embedding" in sent.name.lower() else "llm")
    span.model_requested = span.model_requested or text(request.get("model"))
    if not span.provider:
        span.provider = provider_of(text(attributes.get("gen_ai.system")))
    for key, value in request.items():
        if key not in ("messages", "input", "model", "tools", "stream", "system"):
            span.parameters.setdefault(key, value)
    if isinstance(request.get("tools"), list) and not span.tool_definitions:
        span.tool_definitions = list(request["tools"])  # type: ignore[call-overload]
    span.input_messages = span.input_messages or read_messages(request, "user")
    if not span.output_messages and response:
        combined = response.get("combined_chunk_content")
        answer = response.get("message", combined if combined is not None else response)
        span.output_messages = read_messages(answer, "assistant")
    if streamed and is_answer:
        span.streaming = True
        seconds = number(attributes.get("duration"))
        if seconds is not None and seconds > 0:
            # A log span has no length of its own; it was written when the stream had ended.
            span.start_us = max(span.end_us - round(seconds * 1_000_000), 0)
