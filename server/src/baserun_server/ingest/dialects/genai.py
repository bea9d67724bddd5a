"""OpenTelemetry's GenAI semantic conventions, in their current and older forms.

Convention: https://github.com/open-telemetry/semantic-conventions-genai (status: development), as sent by the
instrumentations 1.3b0 and `opentelemetry-instrumentation-openai-v2` 2.1b0; before that
https://opentelemetry.io/docs/specs/semconv/gen-ai/.

    chat gpt-4o-mini                                    kind CLIENT
    gen_ai.operation.name = "chat"
    gen_ai.provider.name = "openai"
    gen_ai.request.model = "gpt-4o-mini"
    gen_ai.conversation.id = "conv-1"
    gen_ai.usage.input_tokens = 100                     cached tokens included
    gen_ai.usage.output_tokens = 20                     reasoning tokens included
    gen_ai.input.messages = '[{"role": "user", "parts": [{"type": "text", "content": "Weather in Oslo?"}]}]'

Before 1.37 there is one span event per message instead of `gen_ai.input.messages` and its companions. Before that,
there are the flat attributes `gen_ai.prompt.N.*` and `gen_ai.completion.N.*`.
"""

from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Any

from ...model import Span
from ..bounds import is_usual
from ..messages import forget, kept_messages, message, read_messages, system_messages
from ..otlp.sent import SentEvent, SentSpan
from ..values import first, flag, kept, kept_whole, nested, number, numbered, structure, text, texts
from .words import fill_texts, finish_reason_of, kind_of, mark, provider_of, report_bill, report_cost

TEXTS = (
    ("response_id", ("gen_ai.response.id",)),
    ("model", ("gen_ai.response.model",)),
    ("model_requested", ("gen_ai.request.model",)),
    ("tool_name", ("gen_ai.tool.name",)),
    ("tool_call_id", ("gen_ai.tool.call.id",)),
)
PROVIDER = ("gen_ai.provider.name", "gen_ai.system")
KIND = ("gen_ai.operation.name", "llm.request.type", "gen_ai.request.type")
COSTS = ("operation.cost", "gen_ai.cost.total_cost", "litellm.cost.total", "gen_ai.usage.cost",
         "gen_ai.usage.total_cost")  # fmt: skip
MCP_CALL = "tools/call"
BILL = "gen_ai.usage.cost"
FIRST_TOKEN_SECONDS = (
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.server.time_to_first_token",
)
DAY_SECONDS = 86_400
GATEWAYS = ("openrouter", "vercel", "portkey", "helicone", "requesty", "cloudflare", "litellm_proxy")
"""Providers that hand calls on to others, and ask for them."""
STREAMING = ("gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming")
ROLE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
OUTPUT_EVENT = "gen_ai.choice"
CONTENT_EVENTS = frozenset((*ROLE_EVENTS, OUTPUT_EVENT, "gen_ai.content.prompt", "gen_ai.content.completion"))
NOT_PARAMETERS = frozenset(("gen_ai.request.model", "gen_ai.request.stream", "gen_ai.request.user"))


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `gen_ai`, or the older `llm` ones; and those of MCP."""
    return "gen_ai" in families or "llm" in families or "mcp" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if not span.kind:
        span.kind = kind_of(first(attributes, KIND))
        if not span.kind and attributes.get("mcp.method.name") == MCP_CALL:
            span.kind = "tool"
    fill_texts(span, attributes, TEXTS)
    if not span.provider:
        for key in PROVIDER:
            if key in attributes and (provider := provider_of(text(attributes[key]))):
                span.provider = provider
                break
    if span.kind in ("llm", "embedding", ""):
        _read_call(attributes, span)
    _read_costs(sent, span)
    if not span.input_messages or not span.output_messages:
        _read_content(sent, span)
    if span.kind == "tool":
        read_tool(attributes, span, sent.scope["name"] == "baserun")


def _read_call(attributes: Mapping[str, Any], span: Span) -> None:
    keys = tuple(attributes)
    for key, name in parameters_among(keys) if is_usual(keys) else parameters_among.__wrapped__(keys):
        span.parameters.setdefault(name, attributes[key])
    if not span.finish_reasons and "gen_ai.response.finish_reasons" in attributes:
        span.finish_reasons = [finish_reason_of(word) for word in texts(attributes["gen_ai.response.finish_reasons"])]
    if not span.streaming:
        span.streaming = any(flag(attributes[key]) for key in STREAMING if key in attributes)
    if span.time_to_first_token_us is None:
        seconds = number(first(attributes, FIRST_TOKEN_SECONDS))
        if seconds is not None and 0 <= seconds < DAY_SECONDS:
            span.time_to_first_token_us = round(seconds * 1_000_000)


def _read_costs(sent: SentSpan, span: Span) -> None:
    attributes = sent.attributes
    for key in COSTS:
        if key in attributes:
            is_bill = span.provider in GATEWAYS or sent.resource.get("service.name") == "openrouter"
            (report_bill if is_bill and key == BILL else report_cost)(span, attributes[key])
    ticks = number(attributes.get("gen_ai.usage.cost_in_usd_ticks"))
    if ticks:
        # xAI counts in ticks of 10^-10 USD.
        report_bill(span, ticks / 10_000_000_000)


@lru_cache(1_024)
def parameters_among(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Those of some attributes that are parameters of the request, and what they are called as that."""
    return tuple((key, key[15:]) for key in keys if key.startswith("gen_ai.request.") and key not in NOT_PARAMETERS)


def read_tool(attributes: Mapping[str, Any], span: Span, numbers: bool) -> None:
    """Fill a tool's name, arguments and result; `numbers` says that the sender writes every value as JSON."""
    if not span.tool_name and attributes.get("mcp.method.name") == MCP_CALL:
        span.tool_name = text(attributes.get("mcp.tool.name")) or span.name.removeprefix(MCP_CALL).strip()
    for field, key in (("tool_arguments", "gen_ai.tool.call.arguments"), ("tool_result", "gen_ai.tool.call.result")):
        if getattr(span, field) is None and key in attributes:
            value, is_cut = kept_whole(span, attributes[key], numbers)
            setattr(span, field, value)
            if is_cut:
                mark(span, "truncated")
            span.attributes.pop(key, None)


# --- content ---------------------------------------------------------------------------------------------------------


def _read_content(sent: SentSpan, span: Span) -> None:
    attributes = sent.attributes
    took_in: list[dict[str, Any]] = []
    gave_out: list[dict[str, Any]] = []
    if "gen_ai.input.messages" in attributes:
        took_in = kept_messages(span, attributes["gen_ai.input.messages"], "user")
    if "gen_ai.system_instructions" in attributes:
        took_in = system_messages(attributes["gen_ai.system_instructions"]) + took_in
    if "gen_ai.output.messages" in attributes:
        gave_out = kept_messages(span, attributes["gen_ai.output.messages"], "assistant")
    for key in ("gen_ai.input.messages", "gen_ai.system_instructions", "gen_ai.output.messages"):
        if str(attributes.get(key, ""))[:1] == "{":
            forget(span, key, attributes[key])
        else:
            span.attributes.pop(key, None)
    if not took_in and not gave_out and sent.events:
        took_in, gave_out = messages_of_events(sent.events)
    if sent.scope["name"] != "baserun":
        # Our own SDKs never wrote the older form, and looking for it means going through every attribute.
        took_in = took_in or _flat(attributes, span, "gen_ai.prompt")
        gave_out = gave_out or _flat(attributes, span, "gen_ai.completion")
    if "gen_ai.tool.definitions" in attributes and not span.tool_definitions:
        tools = kept(span, attributes["gen_ai.tool.definitions"])
        if isinstance(tools, list):
            span.tool_definitions = tools
            span.attributes.pop("gen_ai.tool.definitions", None)
    span.input_messages = span.input_messages or took_in
    span.output_messages = span.output_messages or gave_out


def messages_of_events(events: list[SentEvent]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Messages in and out that stand in events of the span, in their order."""
    took_in: list[dict[str, Any]] = []
    gave_out: list[dict[str, Any]] = []
    for event in events:
        if event.name in CONTENT_EVENTS:
            more_in, more_out = event_messages(event.name, event.attributes)
            took_in += more_in
            gave_out += more_out
        elif event.name == "gen_ai.client.inference.operation.details":
            more_in, more_out, _ = details_messages(event.attributes)
            took_in += more_in
            gave_out += more_out
    return took_in, gave_out


def event_messages(name: str, content: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Messages in and out of one older event, of a span or a log record; `content` is its body or its attributes."""
    if name == "gen_ai.content.prompt":
        return read_messages(content.get("gen_ai.prompt"), "user"), []
    if name == "gen_ai.content.completion":
        return [], read_messages(content.get("gen_ai.completion"), "assistant")
    if name == OUTPUT_EVENT:
        inner = structure(content.get("message"))
        if isinstance(inner, dict):
            made = message({**inner, "tool_calls": inner.get("tool_calls", content.get("tool_calls"))}, "assistant")
        else:
            found = inner if inner is not None else content.get("message", content.get("content"))
            made = message({"content": found, "tool_calls": content.get("tool_calls")}, "assistant")
        reason = text(content.get("finish_reason"))
        if reason:
            made["finish_reason"] = finish_reason_of(reason)
        # Strands gives the tools' answers with the choice that asked for them.
        results = structure(content.get("tool.result"))
        return (read_messages(results, "tool") if results else []), [made]
    role = ROLE_EVENTS[name]
    given = {key: value for key, value in content.items() if "." not in key}
    given["role"] = text(content.get("role")) or role
    if role == "tool" and "id" in content:
        given.setdefault("tool_call_id", content["id"])
    return [message(given, role)], []


def details_messages(
    attributes: Mapping[str, Any],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Any]]:
    """Messages in and out and tool definitions of the event that holds a call's details."""
    took_in = system_messages(attributes.get("gen_ai.system_instructions"))
    took_in += read_messages(attributes.get("gen_ai.input.messages"), "user")
    gave_out = read_messages(attributes.get("gen_ai.output.messages"), "assistant")
    tools = structure(attributes.get("gen_ai.tool.definitions"))
    return took_in, gave_out, tools if isinstance(tools, list) else []


def _flat(attributes: Mapping[str, Any], span: Span, prefix: str) -> list[dict[str, Any]]:
    role = "user" if prefix == "gen_ai.prompt" else "assistant"
    whole = attributes.get(prefix)
    if whole is not None:
        found = read_messages(whole, role)
        if found:
            forget(span, prefix, whole)
        return found
    messages = [message(nested(fields), role) for fields in numbered(attributes, prefix + ".")]
    if messages:
        for key in [key for key in span.attributes if key.startswith(prefix + ".")]:
            del span.attributes[key]
    return messages
