"""Cohere's chat (versions 1 and 2), embeddings and reranking."""

from __future__ import annotations

from typing import Any

from baserun.instrumentation.wires._reading import (
    Reading,
    as_dict,
    as_list,
    count,
    reasoning_part,
    take_parameters,
    text_part,
    tool_call_part,
)
from baserun.instrumentation.wires.openai_chat import output_type, read_message, tool_definition

PARAMETERS = {
    "temperature": "temperature",
    "p": "top_p",
    "k": "top_k",
    "max_tokens": "max_tokens",
    "stop_sequences": "stop_sequences",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}
_PATHS = ("/v2/chat", "/v1/chat", "/v2/embed", "/v1/embed", "/v2/rerank", "/v1/rerank")


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith(_PATHS)


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request."""
    path = str(reading.extra.get("path", ""))
    reading.provider = "cohere"
    reading.model = request.get("model")
    if path.endswith("/embed"):
        reading.operation, reading.kind = "embeddings", "embedding"
        reading.input_messages = [{"role": "user", "parts": list(map(text_part, as_list(request.get("texts"))))}]
        return
    if path.endswith("/rerank"):
        reading.operation, reading.kind = "rerank", "retrieval"
        reading.input_messages = [{"role": "user", "parts": [text_part(request.get("query", ""))]}]
        return
    reading.stream = request.get("stream") is True
    take_parameters(reading, request, PARAMETERS)
    reading.output_type = output_type(as_dict(request.get("response_format")).get("type"))
    if isinstance(request.get("preamble"), str):
        reading.system_instructions = [text_part(request["preamble"])]
    reading.conversation_id = request.get("conversation_id")
    earlier = [_read_turn(as_dict(turn)) for turn in as_list(request.get("chat_history"))]
    asked = [{"role": "user", "parts": [text_part(request["message"])]}] if request.get("message") else []
    reading.input_messages = earlier + asked + [read_message(message) for message in as_list(request.get("messages"))]
    reading.tool_definitions = [tool_definition(tool) for tool in as_list(request.get("tools"))]


def _read_turn(turn: dict[str, Any]) -> dict[str, Any]:
    role = str(turn.get("role", "user")).lower()
    return {"role": "assistant" if role == "chatbot" else role, "parts": [text_part(turn.get("message", ""))]}


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer."""
    reading.complete = True
    reading.response_id = answer.get("id") or answer.get("generation_id")
    _read_usage(reading, as_dict(answer.get("usage") or answer.get("meta")))
    if reading.kind != "llm":
        return
    if isinstance(answer.get("text"), str):
        parts = [text_part(answer["text"])] if answer["text"] else []
        calls = map(as_dict, as_list(answer.get("tool_calls")))
        parts += [tool_call_part(None, call.get("name"), call.get("parameters")) for call in calls]
    else:
        message = as_dict(answer.get("message"))
        parts = read_message(message, "assistant")["parts"]
        if message.get("tool_plan"):
            parts.insert(0, reasoning_part(message["tool_plan"]))
    _put(reading, parts, answer.get("finish_reason"))


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a stream of either version."""
    texts: list[str] = []
    thoughts: list[str] = []
    tools: dict[int, dict[str, Any]] = {}
    reason = None
    for _, event in events:
        event = as_dict(event)
        kind = event.get("type") or event.get("event_type")
        delta = as_dict(event.get("delta"))
        message = as_dict(delta.get("message"))
        if kind == "message-start":
            reading.response_id = event.get("id")
        elif kind == "stream-start":
            reading.response_id = event.get("generation_id")
        elif kind == "content-delta":
            content = as_dict(message.get("content"))
            texts.append(content.get("text") or "")
            thoughts.append(content.get("thinking") or "")
        elif kind == "text-generation":
            texts.append(event.get("text") or "")
        elif kind == "tool-plan-delta":
            thoughts.append(message.get("tool_plan") or "")
        elif kind in ("tool-call-start", "tool-call-delta"):
            _add_tool(tools.setdefault(event.get("index") or 0, {"arguments": []}), as_dict(message.get("tool_calls")))
        elif kind == "message-end":
            reason = delta.get("finish_reason")
            _read_usage(reading, as_dict(delta.get("usage")))
        elif kind == "stream-end":
            read_answer(reading, as_dict(event.get("response")))
            _put(
                reading,
                reading.output_messages[0]["parts"] if reading.output_messages else [],
                event.get("finish_reason"),
            )
            return
    parts = []
    if any(thoughts):
        parts.append(reasoning_part("".join(thoughts)))
    if any(texts):
        parts.append(text_part("".join(texts)))
    parts += [tool_call_part(tool.get("id"), tool.get("name"), "".join(tool["arguments"])) for tool in tools.values()]
    reading.complete = reason is not None
    if parts:
        _put(reading, parts, reason)


def _add_tool(tool: dict[str, Any], call: dict[str, Any]) -> None:
    function = as_dict(call.get("function"))
    tool["id"] = call.get("id") or tool.get("id")
    tool["name"] = function.get("name") or tool.get("name")
    tool["arguments"].append(function.get("arguments") or "")


def _put(reading: Reading, parts: list[dict[str, Any]], reason: Any) -> None:
    message: dict[str, Any] = {"role": "assistant", "parts": parts}
    if isinstance(reason, str):
        message["finish_reason"] = reason
        reading.finish_reasons = [reason]
    reading.output_messages = [message]


def _read_usage(reading: Reading, usage: dict[str, Any]) -> None:
    tokens = as_dict(usage.get("tokens") or usage.get("billed_units"))
    reading.input_tokens = _whole(tokens.get("input_tokens"))
    reading.output_tokens = _whole(tokens.get("output_tokens"))
    reading.cache_read_tokens = _whole(usage.get("cached_tokens"))


def _whole(value: Any) -> int | None:
    # Counts come as 11.0 too.
    return count(int(value)) if isinstance(value, float) else count(value)
