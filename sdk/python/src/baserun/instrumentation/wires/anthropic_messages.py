"""Anthropic's messages, plain and streamed: text, thinking, tools, prompt caching. Also on Vertex and on Bedrock."""

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

PARAMETERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "max_tokens",
    "stop_sequences": "stop_sequences",
}


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith(("/v1/messages", ":rawPredict", ":streamRawPredict")) or (
        "anthropic" in path and path.endswith(("/messages", "/invoke", "/invoke-with-response-stream"))
    )


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request."""
    path = str(reading.extra.get("path", ""))
    reading.provider = "anthropic"
    reading.model = request.get("model") or model_of_path(path)
    reading.stream = request.get("stream") is True or path.endswith((":streamRawPredict", "-response-stream"))
    take_parameters(reading, request, PARAMETERS)
    take_user(reading, request, ("metadata.user_id",))
    system = request.get("system")
    if isinstance(system, str):
        reading.system_instructions = [text_part(system)]
    else:
        reading.system_instructions = [_read_block(block) for block in as_list(system)]
    reading.input_messages = [_read_message(message) for message in as_list(request.get("messages"))]
    reading.tool_definitions = [_tool_definition(tool) for tool in as_list(request.get("tools"))]


def model_of_path(path: str) -> str | None:
    """Return the model where the path names it: on Vertex and on Bedrock."""
    for marker in ("/models/", "/model/"):
        if marker in path:
            from urllib.parse import unquote

            return (
                unquote(path.split(marker, 1)[1].split("/")[0])
                .removesuffix(":streamRawPredict")
                .removesuffix(":rawPredict")
            )
    return None


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer."""
    reading.complete = True
    reading.response_id = answer.get("id")
    reading.response_model = answer.get("model")
    read_usage(reading, as_dict(answer.get("usage")))
    _put_output(reading, as_list(answer.get("content")), answer.get("stop_reason"))


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a stream: counts are running totals, of which the last one holds."""
    blocks: dict[int, dict[str, Any]] = {}
    usage: dict[str, Any] = {}
    stop_reason = None
    for _, event in events:
        event = as_dict(event)
        kind = event.get("type")
        if kind == "message_start":
            message = as_dict(event.get("message"))
            reading.response_id, reading.response_model = message.get("id"), message.get("model")
            usage.update(as_dict(message.get("usage")))
        elif kind == "content_block_start":
            blocks[event.get("index") or 0] = dict(as_dict(event.get("content_block")))
        elif kind == "content_block_delta":
            _add_delta(blocks.setdefault(event.get("index") or 0, {"type": "text"}), as_dict(event.get("delta")))
        elif kind == "message_delta":
            stop_reason = as_dict(event.get("delta")).get("stop_reason") or stop_reason
            usage.update({key: value for key, value in as_dict(event.get("usage")).items() if value is not None})
        elif kind == "message_stop":
            reading.complete = True
    if usage:
        if not stop_reason:
            usage.pop("output_tokens", None)  # of a stream left early only a first guess is known
        read_usage(reading, usage)
    _put_output(reading, [_joined(block) for _, block in sorted(blocks.items())], stop_reason)


def _add_delta(block: dict[str, Any], delta: dict[str, Any]) -> None:
    for field, joined in (("text", "text"), ("thinking", "thinking"), ("partial_json", "partial_json")):
        if isinstance(delta.get(field), str):
            block.setdefault("_" + joined, []).append(delta[field])


def _joined(block: dict[str, Any]) -> dict[str, Any]:
    whole = dict(block)
    for field in ("text", "thinking"):
        if "_" + field in block:
            whole[field] = (block.get(field) or "") + "".join(block["_" + field])
    if "_partial_json" in block:
        whole["input"] = "".join(block["_partial_json"])
    return whole


def _put_output(reading: Reading, blocks: list[Any], stop_reason: Any) -> None:
    parts = [_read_block(block) for block in blocks]
    if not parts and not stop_reason:
        return
    message: dict[str, Any] = {"role": "assistant", "parts": parts}
    if isinstance(stop_reason, str):
        message["finish_reason"] = stop_reason
        reading.finish_reasons = [stop_reason]
    reading.output_messages = [message]


def _read_message(message: Any) -> dict[str, Any]:
    message = as_dict(message)
    content = message.get("content")
    role = message.get("role", "user")
    if isinstance(content, str):
        return {"role": role, "parts": [text_part(content)]}
    parts = [_read_block(block) for block in as_list(content)]
    if parts and all(part["type"] == "tool_call_response" for part in parts):
        role = "tool"
    return {"role": role, "parts": parts}


def _read_block(block: Any) -> dict[str, Any]:
    if isinstance(block, str):
        return text_part(block)
    block = as_dict(block)
    kind = block.get("type", "")
    if kind == "text":
        return text_part(block.get("text", ""))
    if kind in ("thinking", "redacted_thinking"):
        return reasoning_part(block.get("thinking", ""))
    if kind.endswith("tool_use"):
        return tool_call_part(block.get("id"), block.get("name"), block.get("input"))
    if kind.endswith("tool_result"):
        return tool_response_part(block.get("tool_use_id"), _result(block.get("content")))
    if kind in ("image", "document"):
        source = as_dict(block.get("source"))
        modality = "image" if kind == "image" else "file"
        if source.get("type") == "base64":
            return blob_part(modality, source.get("media_type"), source.get("data"))
        if source.get("type") == "file":
            return {"type": "file", "file_id": source.get("file_id")}
        if source.get("type") == "text":
            return text_part(source.get("data", ""))
        return uri_or_blob_part(modality, source.get("url"))
    return {"type": "unknown", **block}


def _result(content: Any) -> Any:
    if isinstance(content, list) and all(as_dict(part).get("type") == "text" for part in content):
        return "".join(part.get("text", "") for part in content)
    return content


def _tool_definition(tool: Any) -> Any:
    if not isinstance(tool, dict):
        return tool
    definition = {"type": "function", **tool}
    if "input_schema" in definition:
        definition["parameters"] = definition.pop("input_schema")
    return definition


def read_usage(reading: Reading, usage: dict[str, Any]) -> None:
    """Read the token counts: Anthropic counts cached input apart, the conventions within."""
    uncached = count(usage.get("input_tokens"))
    read, written = count(usage.get("cache_read_input_tokens")), count(usage.get("cache_creation_input_tokens"))
    if uncached is not None:
        reading.input_tokens = uncached + (read or 0) + (written or 0)
    reading.output_tokens = count(usage.get("output_tokens"))
    reading.cache_read_tokens = read
    reading.cache_write_tokens = written
    reading.reasoning_tokens = count(as_dict(usage.get("output_tokens_details")).get("thinking_tokens"))
