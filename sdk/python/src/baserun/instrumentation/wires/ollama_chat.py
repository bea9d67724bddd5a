"""Ollama's own protocol: chat, generate and embed, streamed as lines of JSON."""

from __future__ import annotations

from typing import Any

from baserun.instrumentation.wires._reading import (
    Reading,
    as_dict,
    as_list,
    blob_part,
    count,
    reasoning_part,
    take_parameters,
    text_part,
    tool_call_part,
)
from baserun.instrumentation.wires.openai_chat import tool_definition

PARAMETERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "num_predict": "max_tokens",
    "stop": "stop_sequences",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}
_PATHS = ("/api/chat", "/api/generate", "/api/embed", "/api/embeddings")


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith(_PATHS)


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request. It streams unless it is told not to."""
    path = str(reading.extra.get("path", ""))
    reading.provider = "ollama"
    reading.model = request.get("model")
    if path.endswith(("/embed", "/embeddings")):
        reading.operation, reading.kind = "embeddings", "embedding"
        given = request.get("input", request.get("prompt"))
        texts = given if isinstance(given, list) else [given]
        reading.input_messages = [{"role": "user", "parts": [text_part(text) for text in texts if text]}]
        return
    reading.stream = request.get("stream") is not False
    take_parameters(reading, as_dict(request.get("options")), PARAMETERS)
    if request.get("format"):
        reading.output_type = "json"
    if path.endswith("/generate"):
        reading.operation = "text_completion"
        if request.get("system"):
            reading.system_instructions = [text_part(request["system"])]
        reading.input_messages = [{"role": "user", "parts": [text_part(request.get("prompt", ""))]}]
    else:
        reading.input_messages = [_read_message(as_dict(message)) for message in as_list(request.get("messages"))]
    reading.tool_definitions = [tool_definition(tool) for tool in as_list(request.get("tools"))]


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer."""
    read_events(reading, [("", answer)])


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a stream."""
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[dict[str, Any]] = []
    reason = None
    for _, event in events:
        event = as_dict(event)
        reading.response_model = event.get("model") or reading.response_model
        message = as_dict(event.get("message"))
        texts.append(message.get("content") or event.get("response") or "")
        thoughts.append(message.get("thinking") or event.get("thinking") or "")
        calls += [_read_call(call) for call in as_list(message.get("tool_calls"))]
        if event.get("done") is True:
            reading.complete = True
            reason = event.get("done_reason")
        reading.input_tokens = _or(count(event.get("prompt_eval_count")), reading.input_tokens)
        reading.output_tokens = _or(count(event.get("eval_count")), reading.output_tokens)
    if reading.kind != "llm":
        reading.complete = True
        return
    parts = [reasoning_part("".join(thoughts))] if any(thoughts) else []
    parts += [text_part("".join(texts))] if any(texts) else []
    message = {"role": "assistant", "parts": parts + calls}
    if isinstance(reason, str):
        message["finish_reason"] = reason
        reading.finish_reasons = [reason]
    reading.output_messages = [message]


def _or(value: int | None, other: int | None) -> int | None:
    return other if value is None else value


def _read_call(call: Any) -> dict[str, Any]:
    function = as_dict(as_dict(call).get("function"))
    return tool_call_part(as_dict(call).get("id"), function.get("name"), function.get("arguments"))


def _read_message(message: dict[str, Any]) -> dict[str, Any]:
    role = message.get("role", "user")
    if role == "tool":
        name = message.get("tool_name") or message.get("name")
        response = {"type": "tool_call_response", "response": message.get("content")}
        return {"role": "tool", "parts": [{**response, **({"id": name} if name else {})}]}
    parts = [reasoning_part(message["thinking"])] if message.get("thinking") else []
    parts += [text_part(message["content"])] if message.get("content") else []
    parts += [blob_part("image", None, image) for image in as_list(message.get("images"))]
    parts += [_read_call(call) for call in as_list(message.get("tool_calls"))]
    return {"role": role, "parts": parts}
