"""Vercel AI SDK: versions 5 and 6 under `ai.*`, version 7 in GenAI attributes with a few of its own.

Convention: https://ai-sdk.dev/docs/ai-sdk-core/telemetry, as sent by `ai` 5.0.277, 6.0.326 and 7.0.173.

    ai.streamText.doStream                              scope `ai`
    ai.operationId = "ai.streamText.doStream"
    ai.model.id = "gpt-4o-mini"
    ai.model.provider = "openai.chat"
    ai.telemetry.metadata.userId = "u-1"
    ai.telemetry.metadata.sessionId = "s-1"
    ai.usage.inputTokens = 100                          version 5, not streamed: ai.usage.promptTokens
    ai.response.text = "3 degrees"

An outer span (`ai.generateText`) contains inner ones (`….doGenerate`), and both carry usage: only the inner one is a
call.
"""

from collections.abc import Set
from typing import Any

from ...model import Span
from ..messages import message, read_messages
from ..otlp.sent import SentSpan
from ..values import first, mapping, number, parsed, structure, text, texts
from .genai import DAY_SECONDS
from .words import fill, fill_texts, finish_reason_of, kind_of, provider_of, report_bill

TEXTS = (
    ("model", ("ai.response.model",)),
    ("model_requested", ("ai.model.id",)),
    ("response_id", ("ai.response.id",)),
    ("tool_name", ("ai.toolCall.name",)),
    ("tool_call_id", ("ai.toolCall.id",)),
)
SETTINGS = "ai.settings."
NOT_PARAMETERS = ("ai.settings.context.",)


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `ai`."""
    return "ai" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if not span.kind:
        span.kind = _kind(text(attributes.get("ai.operationId"))) or kind_of(attributes.get("gen_ai.operation.name"))
    fill_texts(span, attributes, TEXTS)
    if not span.provider and "ai.model.provider" in attributes:
        span.provider = provider_of(text(attributes["ai.model.provider"]).partition(".")[0])
    if span.kind == "tool":
        arguments, result = parsed(attributes.get("ai.toolCall.args")), parsed(attributes.get("ai.toolCall.result"))
        fill(span, tool_arguments=arguments, tool_result=result)
        _forget(span, "ai.toolCall.args", "ai.toolCall.result")
        return
    if span.kind in ("llm", "embedding"):
        _read_call(sent, span)
    elif span.kind == "chain":
        answer = first(attributes, ("ai.response.text", "ai.response.object", "ai.response.toolCalls"))
        fill(span, input=parsed(attributes.get("ai.prompt")), output=parsed(answer))
        _forget(span, "ai.prompt", "ai.response.text", "ai.response.object")


def _kind(operation: str) -> str:
    if operation == "ai.toolCall":
        return "tool"
    inner = operation.endswith((".doGenerate", ".doStream", ".doEmbed"))
    if inner:
        return "embedding" if operation.endswith(".doEmbed") else "llm"
    return "chain" if operation.startswith("ai.") else ""


def _read_call(sent: SentSpan, span: Span) -> None:
    attributes = sent.attributes
    if "gateway" in text(attributes.get("ai.response.providerMetadata")):
        gateway = mapping(attributes["ai.response.providerMetadata"]).get("gateway")
        report_bill(span, gateway.get("cost") if isinstance(gateway, dict) else None)
    if text(attributes.get("ai.operationId")).endswith(".doStream"):
        span.streaming = True
    milliseconds = number(attributes.get("ai.response.msToFirstChunk"))
    if milliseconds is not None and span.time_to_first_token_us is None:
        span.time_to_first_token_us = min(max(round(milliseconds * 1000), 0), DAY_SECONDS * 1_000_000)
    reason = text(attributes.get("ai.response.finishReason"))
    if reason and not span.finish_reasons:
        span.finish_reasons = [finish_reason_of(reason)]
    for key, value in attributes.items():
        if key.startswith(SETTINGS) and not key.startswith(NOT_PARAMETERS):
            span.parameters.setdefault(key[len(SETTINGS) :], value)
    if not span.tool_definitions:
        # A list of JSON texts, one a tool.
        tools = attributes.get("ai.prompt.tools")
        found = [structure(tool) for tool in tools] if isinstance(tools, list) else structure(tools)
        span.tool_definitions = [tool for tool in found if tool is not None] if isinstance(found, list) else []
    if not span.input_messages:
        span.input_messages = read_messages(first(attributes, ("ai.prompt.messages", "ai.prompt")), "user")
    if not span.output_messages:
        span.output_messages = _output(attributes)
    _forget(span, "ai.prompt.messages", "ai.response.text", "ai.response.object", "ai.prompt.tools")
    if span.kind == "embedding" and span.input is None:
        span.input = [parsed(value) for value in texts(attributes.get("ai.values"))] or None


def _output(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = []
    reasoning = attributes.get("ai.response.reasoning")
    if isinstance(reasoning, str) and reasoning:
        content.append({"type": "reasoning", "text": reasoning})
    for key in ("ai.response.text", "ai.response.object"):
        answer = attributes.get(key)
        if answer not in (None, ""):
            content.append({"type": "text", "text": answer})
            break
    calls = structure(attributes.get("ai.response.toolCalls"))
    if isinstance(calls, list):
        content += [{**call, "type": "tool-call"} for call in calls if isinstance(call, dict)]
    files = structure(attributes.get("ai.response.files"))
    if isinstance(files, list):
        content += [{**file, "type": "file"} for file in files if isinstance(file, dict)]
    if not content:
        return []
    reason = text(attributes.get("ai.response.finishReason"))
    return [message({"content": content, "finish_reason": finish_reason_of(reason)}, "assistant")]


def _forget(span: Span, *keys: str) -> None:
    for key in keys:
        span.attributes.pop(key, None)
