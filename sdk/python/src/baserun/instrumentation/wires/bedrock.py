"""Amazon Bedrock as boto3 speaks it: Converse, and InvokeModel with the body of whichever model is invoked.

Not a wire in the strict sense: boto3's own hook hands over its parameters and its parsed answer.
"""

from __future__ import annotations

import json
from typing import Any

from baserun.instrumentation.wires import anthropic_messages
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
    tool_response_part,
)

PARAMETERS = {
    "temperature": "temperature",
    "topP": "top_p",
    "maxTokens": "max_tokens",
    "stopSequences": "stop_sequences",
}
USER_KEYS = ("user_id", "userId", "user", "end_user", "endUser")
SESSION_KEYS = ("session_id", "sessionId", "session")


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the parameters of a call."""
    reading.provider = "aws.bedrock"
    reading.model = request.get("modelId")
    _take_metadata(reading, as_dict(request.get("requestMetadata")))
    if "body" in request:
        _read_invocation(reading, request)
        return
    take_parameters(reading, as_dict(request.get("inferenceConfig")), PARAMETERS)
    reading.system_instructions = [_read_block(block) for block in as_list(request.get("system"))]
    reading.input_messages = [_read_message(as_dict(message)) for message in as_list(request.get("messages"))]
    for tool in as_list(as_dict(request.get("toolConfig")).get("tools")):
        spec = as_dict(as_dict(tool).get("toolSpec"))
        schema = as_dict(spec.get("inputSchema")).get("json")
        told = {"name": spec.get("name"), "description": spec.get("description"), "parameters": schema}
        reading.tool_definitions.append({"type": "function", **{k: v for k, v in told.items() if v is not None}})


def _take_metadata(reading: Reading, metadata: dict[str, Any]) -> None:
    for key in USER_KEYS:
        if metadata.get(key):
            reading.user, reading.user_field = str(metadata[key]), f"requestMetadata.{key}"
            break
    for key in SESSION_KEYS:
        if metadata.get(key):
            reading.conversation_id = str(metadata[key])
            break


def _read_invocation(reading: Reading, request: dict[str, Any]) -> None:
    body = _parsed(request.get("body"))
    if "anthropic" in str(reading.model) or "anthropic_version" in body:
        model, stream = reading.model, reading.stream
        anthropic_messages.read_request(reading, body)
        reading.provider, reading.model, reading.stream = "aws.bedrock", model, stream
    elif "messages" in body:
        reading.input_messages = [_read_message(as_dict(message)) for message in as_list(body["messages"])]
    else:
        prompt = body.get("inputText", body.get("prompt"))
        if isinstance(prompt, str):
            reading.operation = "text_completion"
            reading.input_messages = [{"role": "user", "parts": [text_part(prompt)]}]
        if "embed" in str(reading.model):
            reading.operation, reading.kind = "embeddings", "embedding"


def _parsed(body: Any) -> dict[str, Any]:
    try:
        return as_dict(json.loads(body)) if isinstance(body, (str, bytes, bytearray)) else {}
    except ValueError:
        return {}


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read the answer of Converse."""
    reading.complete = True
    _read_usage(reading, as_dict(answer.get("usage")))
    message = as_dict(as_dict(answer.get("output")).get("message"))
    _put(reading, [_read_block(block) for block in as_list(message.get("content"))], answer.get("stopReason"))


def read_invoked(reading: Reading, body: bytes) -> None:
    """Read the answer of InvokeModel."""
    answer = _parsed(body)
    if "anthropic" in str(reading.model) or answer.get("type") == "message":
        anthropic_messages.read_answer(reading, answer)
        return
    if isinstance(answer.get("output"), dict):
        read_answer(reading, answer)
        return
    reading.complete = True
    results = [as_dict(result) for result in as_list(answer.get("results"))]
    text = results[0].get("outputText") if results else answer.get("generation", answer.get("completion"))
    reading.input_tokens = count(answer.get("inputTextTokenCount", answer.get("prompt_token_count")))
    reading.output_tokens = count(results[0].get("tokenCount") if results else answer.get("generation_token_count"))
    if isinstance(text, str):
        reason = results[0].get("completionReason") if results else answer.get("stop_reason")
        _put(reading, [text_part(text)], reason)


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read the events of ConverseStream."""
    blocks: dict[int, dict[str, Any]] = {}
    reason = None
    for _, event in events:
        event = as_dict(event)
        start, delta = as_dict(event.get("contentBlockStart")), as_dict(event.get("contentBlockDelta"))
        if start:
            tool = as_dict(as_dict(start.get("start")).get("toolUse"))
            blocks.setdefault(start.get("contentBlockIndex") or 0, _empty()).update(
                {"id": tool.get("toolUseId"), "name": tool.get("name")}
            )
        if delta:
            piece = as_dict(delta.get("delta"))
            block = blocks.setdefault(delta.get("contentBlockIndex") or 0, _empty())
            block["text"].append(piece.get("text") or "")
            block["reasoning"].append(as_dict(piece.get("reasoningContent")).get("text") or "")
            block["input"].append(as_dict(piece.get("toolUse")).get("input") or "")
        if event.get("messageStop"):
            reason = as_dict(event["messageStop"]).get("stopReason")
            reading.complete = True
        if event.get("metadata"):
            _read_usage(reading, as_dict(as_dict(event["metadata"]).get("usage")))
    parts: list[dict[str, Any]] = []
    for _, block in sorted(blocks.items()):
        if block.get("name"):
            parts.append(tool_call_part(block["id"], block["name"], "".join(block["input"])))
        elif any(block["reasoning"]):
            parts.append(reasoning_part("".join(block["reasoning"])))
        else:
            parts.append(text_part("".join(block["text"])))
    _put(reading, parts, reason)


def read_invoked_events(reading: Reading, chunks: list[bytes]) -> None:
    """Read the chunks of InvokeModelWithResponseStream."""
    events = [("", _parsed(chunk)) for chunk in chunks]
    if any(event.get("type") in ("message_start", "content_block_delta") for _, event in events):
        anthropic_messages.read_events(reading, events)
        return
    if any("contentBlockDelta" in event or "messageStop" in event for _, event in events):
        read_events(reading, events)
        return
    texts = [event.get("outputText") or event.get("generation") or event.get("completion") or "" for _, event in events]
    for _, event in events:
        metrics = as_dict(event.get("amazon-bedrock-invocationMetrics"))
        if metrics:
            reading.complete = True
            reading.input_tokens = count(metrics.get("inputTokenCount"))
            reading.output_tokens = count(metrics.get("outputTokenCount"))
    _put(reading, [text_part("".join(texts))] if any(texts) else [], None)


def _empty() -> dict[str, Any]:
    return {"text": [], "reasoning": [], "input": []}


def _put(reading: Reading, parts: list[dict[str, Any]], reason: Any) -> None:
    message: dict[str, Any] = {"role": "assistant", "parts": parts}
    if isinstance(reason, str):
        message["finish_reason"] = reason
        reading.finish_reasons = [reason]
    if parts or reason:
        reading.output_messages = [message]


def _read_message(message: dict[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    role = message.get("role", "user")
    if isinstance(content, str):
        return {"role": role, "parts": [text_part(content)]}
    parts = [_read_block(block) for block in as_list(content)]
    if parts and all(part["type"] == "tool_call_response" for part in parts):
        role = "tool"
    return {"role": role, "parts": parts}


def _read_block(block: Any) -> dict[str, Any]:
    block = as_dict(block)
    if isinstance(block.get("text"), str):
        return text_part(block["text"])
    tool = block.get("toolUse")
    if isinstance(tool, dict):
        return tool_call_part(tool.get("toolUseId"), tool.get("name"), tool.get("input"))
    result = block.get("toolResult")
    if isinstance(result, dict):
        pieces = [piece.get("text", piece.get("json")) for piece in map(as_dict, as_list(result.get("content")))]
        return tool_response_part(result.get("toolUseId"), pieces[0] if len(pieces) == 1 else pieces)
    reasoning = block.get("reasoningContent")
    if isinstance(reasoning, dict):
        return reasoning_part(as_dict(reasoning.get("reasoningText")).get("text", ""))
    for modality in ("image", "document", "video"):
        if isinstance(block.get(modality), dict):
            return blob_part(modality, block[modality].get("format"), None)
    return {"type": "unknown", **{key: str(value)[:200] for key, value in block.items()}}


def _read_usage(reading: Reading, usage: dict[str, Any]) -> None:
    uncached = count(usage.get("inputTokens"))
    read, written = count(usage.get("cacheReadInputTokens")), count(usage.get("cacheWriteInputTokens"))
    if uncached is not None:
        reading.input_tokens = uncached + (read or 0) + (written or 0)
    reading.output_tokens = count(usage.get("outputTokens"))
    reading.cache_read_tokens, reading.cache_write_tokens = read, written
