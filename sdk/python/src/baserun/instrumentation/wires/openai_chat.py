"""OpenAI's chat completions, which most of the field speaks: Azure, Groq, DeepSeek, Mistral, xAI, Together, vLLM, …"""

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
    take_user,
    text_part,
    tool_call_part,
    tool_response_part,
    uri_or_blob_part,
)

USER_FIELDS = ("safety_identifier", "user", "user_id", "metadata.user_id")
PARAMETERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "stop": "stop_sequences",
    "seed": "seed",
    "random_seed": "seed",
    "n": "choice_count",
}

_TOOLS = ("tool", "function")
"""Roles whose messages are a tool's answers."""


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith(("/chat/completions", "/fim/completions", "/agents/completions"))


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request."""
    reading.model = request.get("model")
    reading.stream = request.get("stream") is True
    take_parameters(reading, request, PARAMETERS)
    take_user(reading, request, USER_FIELDS)
    reading.output_type = output_type(as_dict(request.get("response_format")).get("type"))
    reading.input_messages = [read_message(message) for message in as_list(request.get("messages"))]
    reading.tool_definitions = [tool_definition(tool) for tool in as_list(request.get("tools"))] + [
        {"type": "function", **tool} for tool in as_list(request.get("functions")) if isinstance(tool, dict)
    ]


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer."""
    reading.complete = True
    reading.response_id = answer.get("id")
    reading.response_model = answer.get("model")
    read_usage(reading, answer.get("usage"))
    for choice in as_list(answer.get("choices")):
        choice = as_dict(choice)
        message = read_message(as_dict(choice.get("message") or choice.get("messages")), "assistant")
        finish_reason = choice.get("finish_reason")
        if finish_reason:
            reading.finish_reasons.append(finish_reason)
            message["finish_reason"] = finish_reason
        reading.output_messages.append(message)


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a streamed answer: the pieces of each choice are put together."""
    choices: dict[int, dict[str, Any]] = {}
    for _, event in events:
        if event == "[DONE]":
            reading.complete = True
            continue
        if not isinstance(event, dict):
            continue
        reading.response_id = reading.response_id or event.get("id") or None
        reading.response_model = reading.response_model or event.get("model") or None
        if event.get("usage"):
            read_usage(reading, event["usage"])
        for piece in as_list(event.get("choices")):
            piece = as_dict(piece)
            choice = choices.setdefault(piece.get("index") or 0, {"text": [], "reasoning": [], "tools": {}})
            _add_delta(choice, as_dict(piece.get("delta")))
            choice["finish_reason"] = piece.get("finish_reason") or choice.get("finish_reason")
    if choices and all(choice.get("finish_reason") for choice in choices.values()):
        reading.complete = True
    for _, choice in sorted(choices.items()):
        reading.output_messages.append(_joined(choice))
        if choice.get("finish_reason"):
            reading.finish_reasons.append(choice["finish_reason"])


def _add_delta(choice: dict[str, Any], delta: dict[str, Any]) -> None:
    choice["role"] = delta.get("role") or choice.get("role")
    for key in ("content", "refusal"):
        content = delta.get(key)
        if isinstance(content, str):
            choice["text"].append(content)
        elif isinstance(content, list):
            for part in content:
                part = as_dict(part)
                if part.get("type") == "thinking":
                    choice["reasoning"].extend(
                        as_dict(piece).get("text", "") for piece in as_list(part.get("thinking"))
                    )
                elif isinstance(part.get("text"), str):
                    choice["text"].append(part["text"])
    reasoning = delta.get("reasoning_content") or delta.get("reasoning")
    if isinstance(reasoning, str):
        choice["reasoning"].append(reasoning)
    calls = as_list(delta.get("tool_calls"))
    if isinstance(delta.get("function_call"), dict):
        calls = [*calls, {"index": 0, "function": delta["function_call"]}]
    for call in calls:
        call = as_dict(call)
        tool = choice["tools"].setdefault(call.get("index", len(choice["tools"])), {"arguments": []})
        function = as_dict(call.get("function") or call.get("custom"))
        tool["id"] = call.get("id") or tool.get("id")
        tool["name"] = function.get("name") or tool.get("name")
        arguments = function.get("arguments", function.get("input"))
        if isinstance(arguments, str):
            tool["arguments"].append(arguments)
        elif isinstance(arguments, dict):
            tool["whole"] = arguments


def _joined(choice: dict[str, Any]) -> dict[str, Any]:
    parts = []
    if any(choice["reasoning"]):
        parts.append(reasoning_part("".join(choice["reasoning"])))
    if any(choice["text"]):
        parts.append(text_part("".join(choice["text"])))
    for _, tool in sorted(choice["tools"].items(), key=lambda item: str(item[0]).zfill(6)):
        arguments = tool.get("whole", "".join(tool["arguments"]))
        parts.append(tool_call_part(tool.get("id"), tool.get("name"), arguments))
    message: dict[str, Any] = {"role": choice.get("role") or "assistant", "parts": parts}
    if choice.get("finish_reason"):
        message["finish_reason"] = choice["finish_reason"]
    return message


def read_message(message: Any, role: str = "user") -> dict[str, Any]:
    """Read a message into role and parts."""
    if not isinstance(message, dict):
        return {"role": role, "parts": [text_part(message)]}
    said_by = message.get("role") or role
    content = message.get("content")
    if type(content) is str and content and len(message) == 2 and "role" in message and said_by not in _TOOLS:
        # What most messages are, role and text, in a third of the time.
        return {"role": said_by, "parts": [{"type": "text", "content": content}]}
    parts: list[dict[str, Any]] = []
    if said_by in _TOOLS:
        parts.append(tool_response_part(message.get("tool_call_id") or message.get("name"), _tool_result(content)))
        return {"role": "tool", "parts": parts}
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(reasoning, str) and reasoning:
        parts.append(reasoning_part(reasoning))
    if isinstance(content, str):
        if content:
            parts.append(text_part(content))
    else:
        parts.extend(_read_part(part) for part in as_list(content))
    if isinstance(message.get("refusal"), str) and message["refusal"]:
        parts.append(text_part(message["refusal"]))
    audio = message.get("audio")
    if isinstance(audio, dict):
        parts.append(blob_part("audio", None, audio.get("data")))
        if audio.get("transcript"):
            parts.append(text_part(audio["transcript"]))
    for call in as_list(message.get("tool_calls")):
        function = as_dict(as_dict(call).get("function") or as_dict(call).get("custom"))
        arguments = function.get("arguments", function.get("input"))
        parts.append(tool_call_part(as_dict(call).get("id"), function.get("name"), arguments))
    function_call = message.get("function_call")
    if isinstance(function_call, dict):
        parts.append(tool_call_part(None, function_call.get("name"), function_call.get("arguments")))
    read: dict[str, Any] = {"role": said_by, "parts": parts}
    if message.get("name"):
        read["name"] = message["name"]
    return read


def _tool_result(content: Any) -> Any:
    if isinstance(content, list) and all(isinstance(part, dict) and "text" in part for part in content):
        return "".join(str(part["text"]) for part in content)
    return content


def _read_part(part: Any) -> dict[str, Any]:
    if isinstance(part, str):
        return text_part(part)
    part = as_dict(part)
    kind = part.get("type")
    if kind in ("text", "input_text", "output_text", "refusal"):
        return text_part(part.get("text", part.get("refusal", "")))
    if kind == "thinking":
        return reasoning_part("".join(str(as_dict(piece).get("text", "")) for piece in as_list(part.get("thinking"))))
    if kind == "image_url":
        image = part.get("image_url")
        return uri_or_blob_part("image", image.get("url") if isinstance(image, dict) else image)
    if kind == "input_audio":
        audio = as_dict(part.get("input_audio"))
        return blob_part("audio", f"audio/{audio.get('format', 'wav')}", audio.get("data"))
    if kind == "file":
        file = as_dict(part.get("file"))
        if file.get("file_id"):
            return {"type": "file", "file_id": file["file_id"]}
        return uri_or_blob_part("file", file.get("file_data"))
    return part or text_part("")


def tool_definition(tool: Any) -> Any:
    """Return a tool's definition with the function's fields beside its type."""
    if isinstance(tool, dict) and isinstance(tool.get("function"), dict):
        return {"type": tool.get("type", "function"), **tool["function"]}
    return tool


def output_type(response_format: Any) -> str | None:
    """Return the conventions' word for a response format."""
    return {"text": "text", "json_object": "json", "json_schema": "json"}.get(str(response_format))


def read_usage(reading: Reading, usage: Any) -> None:
    """Read the token counts."""
    usage = as_dict(usage)
    reading.input_tokens = count(usage.get("prompt_tokens", usage.get("input_tokens")))
    reading.output_tokens = count(usage.get("completion_tokens", usage.get("output_tokens")))
    prompt = as_dict(usage.get("prompt_tokens_details"))
    completion = as_dict(usage.get("completion_tokens_details"))
    reading.cache_read_tokens = count(prompt.get("cached_tokens", usage.get("prompt_cache_hit_tokens")))
    reading.cache_write_tokens = count(prompt.get("cache_write_tokens"))
    reading.reasoning_tokens = count(completion.get("reasoning_tokens"))
