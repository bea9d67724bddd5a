"""OpenAI's Responses, plain and streamed, with conversations, reasoning and tools."""

from __future__ import annotations

from typing import Any

from baserun.instrumentation.wires._reading import (
    Reading,
    as_dict,
    as_list,
    count,
    reasoning_part,
    take_parameters,
    take_user,
    text_part,
    tool_call_part,
    tool_response_part,
    uri_or_blob_part,
)
from baserun.instrumentation.wires.openai_chat import USER_FIELDS, output_type

PARAMETERS = {"temperature": "temperature", "top_p": "top_p", "max_output_tokens": "max_tokens"}
FINAL_EVENTS = ("response.completed", "response.incomplete", "response.failed")


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith("/responses")


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request."""
    reading.model = request.get("model")
    reading.stream = request.get("stream") is True
    reading.previous_response_id = request.get("previous_response_id")
    take_parameters(reading, request, PARAMETERS)
    take_user(reading, request, USER_FIELDS)
    conversation = request.get("conversation")
    reading.conversation_id = conversation.get("id") if isinstance(conversation, dict) else conversation
    reading.output_type = output_type(as_dict(as_dict(request.get("text")).get("format")).get("type"))
    if isinstance(request.get("instructions"), str):
        reading.system_instructions = [text_part(request["instructions"])]
    given = request.get("input")
    if isinstance(given, str):
        reading.input_messages = [{"role": "user", "parts": [text_part(given)]}]
    else:
        reading.input_messages = [_read_item(item) for item in as_list(given)]
    reading.tool_definitions = as_list(request.get("tools"))


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer, or the whole answer that ends a stream."""
    reading.complete = True
    reading.response_id = answer.get("id")
    reading.response_model = answer.get("model")
    _read_usage(reading, answer.get("usage"))
    parts: list[dict[str, Any]] = []
    for item in as_list(answer.get("output")):
        parts.extend(_read_item(item)["parts"])
    reason = _finish_reason(answer, parts)
    if reason:
        reading.finish_reasons = [reason]
    if parts:
        message: dict[str, Any] = {"role": "assistant", "parts": parts}
        if reason:
            message["finish_reason"] = reason
        reading.output_messages = [message]
    error = answer.get("error")
    if isinstance(error, dict):
        reading.error_message, reading.error_type = error.get("message"), error.get("code")


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a stream: its last event holds the whole answer; one that was left early is put together from its pieces."""
    pieces: dict[tuple[int, str], list[str]] = {}
    calls: dict[int, dict[str, Any]] = {}
    for _, event in events:
        if not isinstance(event, dict):
            continue
        kind = event.get("type", "")
        if kind in FINAL_EVENTS:
            read_answer(reading, as_dict(event.get("response")))
            return
        if kind in ("response.created", "response.in_progress"):
            response = as_dict(event.get("response"))
            reading.response_id, reading.response_model = response.get("id"), response.get("model")
        elif kind == "error":
            reading.error_message, reading.error_type = event.get("message"), event.get("code")
        elif kind.endswith(".delta") and isinstance(event.get("delta"), str):
            pieces.setdefault((event.get("output_index") or 0, kind), []).append(event["delta"])
        elif kind == "response.output_item.added":
            calls[event.get("output_index") or 0] = as_dict(event.get("item"))
    parts = [_piece(kind, "".join(texts), calls.get(index, {})) for (index, kind), texts in sorted(pieces.items())]
    if parts:
        reading.output_messages = [{"role": "assistant", "parts": parts}]


def _piece(kind: str, text: str, item: dict[str, Any]) -> dict[str, Any]:
    if "reasoning" in kind:
        return reasoning_part(text)
    if "arguments" in kind or "input" in kind:
        return tool_call_part(item.get("call_id"), item.get("name"), text)
    return text_part(text)


def _finish_reason(answer: dict[str, Any], parts: list[dict[str, Any]]) -> str | None:
    status = answer.get("status")
    if status == "incomplete":
        return as_dict(answer.get("incomplete_details")).get("reason") or "length"
    if status == "failed":
        return "error"
    if status == "completed":
        return "tool_calls" if any(part["type"] == "tool_call" for part in parts) else "stop"
    return None


def _read_item(item: Any) -> dict[str, Any]:
    item = as_dict(item)
    kind = item.get("type", "message")
    if kind == "message":
        return {"role": item.get("role", "user"), "parts": _read_content(item.get("content"))}
    if kind == "reasoning":
        texts = [
            as_dict(piece).get("text", "") for piece in [*as_list(item.get("summary")), *as_list(item.get("content"))]
        ]
        return {"role": "assistant", "parts": [reasoning_part("\n".join(texts))] if any(texts) else []}
    if kind in ("function_call_output", "custom_tool_call_output", "computer_call_output", "local_shell_call_output"):
        return {"role": "tool", "parts": [tool_response_part(item.get("call_id"), item.get("output"))]}
    if kind in ("function_call", "custom_tool_call"):
        arguments = item.get("arguments", item.get("input"))
        return {"role": "assistant", "parts": [tool_call_part(item.get("call_id"), item.get("name"), arguments)]}
    if kind.endswith("_call"):
        told = {key: value for key, value in item.items() if key not in ("type", "id", "status", "result")}
        return {"role": "assistant", "parts": [tool_call_part(item.get("id"), kind, told)]}
    return {"role": item.get("role", "user"), "parts": [item]}


def _read_content(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [text_part(content)]
    parts = []
    for part in as_list(content):
        part = as_dict(part)
        kind = part.get("type")
        if kind in ("input_text", "output_text", "text", "refusal"):
            parts.append(text_part(part.get("text", part.get("refusal", ""))))
        elif kind == "input_image":
            parts.append(_file_or(part, "image", part.get("image_url")))
        elif kind == "input_file":
            parts.append(_file_or(part, "file", part.get("file_data") or part.get("file_url")))
        else:
            parts.append(part)
    return parts


def _file_or(part: dict[str, Any], modality: str, url: Any) -> dict[str, Any]:
    return {"type": "file", "file_id": part["file_id"]} if part.get("file_id") else uri_or_blob_part(modality, url)


def _read_usage(reading: Reading, usage: Any) -> None:
    usage = as_dict(usage)
    reading.input_tokens = count(usage.get("input_tokens"))
    reading.output_tokens = count(usage.get("output_tokens"))
    reading.cache_read_tokens = count(as_dict(usage.get("input_tokens_details")).get("cached_tokens"))
    reading.cache_write_tokens = count(as_dict(usage.get("input_tokens_details")).get("cache_write_tokens"))
    reading.reasoning_tokens = count(as_dict(usage.get("output_tokens_details")).get("reasoning_tokens"))
