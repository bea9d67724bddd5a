"""Google's generateContent and embedContent, of Gemini and of Vertex, plain and streamed."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

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

METHODS = {
    "generateContent": "generate_content",
    "streamGenerateContent": "generate_content",
    "embedContent": "embeddings",
    "batchEmbedContents": "embeddings",
}
PARAMETERS = {
    "temperature": "temperature",
    "topP": "top_p",
    "topK": "top_k",
    "maxOutputTokens": "max_tokens",
    "stopSequences": "stop_sequences",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "seed": "seed",
    "candidateCount": "choice_count",
}


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.rpartition(":")[2] in METHODS


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request."""
    path, _, method = str(reading.extra.get("path", "")).rpartition(":")
    reading.provider = "gcp.gemini"
    reading.operation = METHODS.get(method, "generate_content")
    reading.kind = "embedding" if reading.operation == "embeddings" else "llm"
    reading.model = unquote(path.rpartition("/")[2]) or None
    reading.stream = method == "streamGenerateContent"
    config = as_dict(request.get("generationConfig"))
    take_parameters(reading, config, PARAMETERS)
    if config.get("responseMimeType"):
        reading.output_type = "json" if "json" in config["responseMimeType"] else "text"
    _take_labels(reading, as_dict(request.get("labels")))
    system = as_dict(request.get("systemInstruction") or request.get("system_instruction"))
    reading.system_instructions = [_read_part(part) for part in as_list(system.get("parts"))]
    asked = [as_dict(one) for one in as_list(request.get("requests"))] or [request]
    for one in asked:
        contents = one.get("contents", one.get("content"))
        contents = contents if isinstance(contents, list) else [contents]
        reading.input_messages += [_read_content(content) for content in contents if content is not None]
    for tool in as_list(request.get("tools")):
        declared = as_dict(tool).get("functionDeclarations")
        if declared:
            reading.tool_definitions += [{"type": "function", **as_dict(function)} for function in as_list(declared)]
        else:
            reading.tool_definitions.append(tool)


def _take_labels(reading: Reading, labels: dict[str, Any]) -> None:
    for name in ("user_id", "user", "end_user"):
        if isinstance(labels.get(name), str) and labels[name]:
            reading.user, reading.user_field = labels[name], f"labels.{name}"
            break
    if isinstance(labels.get("session_id"), str):
        reading.conversation_id = labels["session_id"]


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer."""
    read_events(reading, [("", answer)])
    reading.complete = True


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a stream: each event is an answer of its own that holds the next piece."""
    candidates: dict[int, dict[str, Any]] = {}
    for _, event in events:
        event = as_dict(event)
        reading.response_id = event.get("responseId") or reading.response_id
        reading.response_model = event.get("modelVersion") or reading.response_model
        if event.get("usageMetadata"):
            _read_usage(reading, event["usageMetadata"])
        for candidate in as_list(event.get("candidates")):
            candidate = as_dict(candidate)
            kept = candidates.setdefault(candidate.get("index") or 0, {"parts": [], "finish_reason": None})
            for part in as_list(as_dict(candidate.get("content")).get("parts")):
                _add_part(kept["parts"], _read_part(part))
            kept["finish_reason"] = candidate.get("finishReason") or kept["finish_reason"]
        blocked = as_dict(event.get("promptFeedback")).get("blockReason")
        if blocked:
            reading.finish_reasons = [blocked]
    for _, kept in sorted(candidates.items()):
        message: dict[str, Any] = {"role": "assistant", "parts": kept["parts"]}
        if kept["finish_reason"]:
            message["finish_reason"] = kept["finish_reason"]
            reading.finish_reasons.append(kept["finish_reason"])
            reading.complete = True
        reading.output_messages.append(message)


def _add_part(parts: list[dict[str, Any]], part: dict[str, Any]) -> None:
    """Add a part; a text goes on where the last one ended."""
    if parts and part["type"] in ("text", "reasoning") and parts[-1]["type"] == part["type"]:
        parts[-1]["content"] += part["content"]
    else:
        parts.append(part)


def _read_content(content: Any) -> dict[str, Any]:
    if isinstance(content, str):
        return {"role": "user", "parts": [text_part(content)]}
    content = as_dict(content)
    parts = [_read_part(part) for part in as_list(content.get("parts"))]
    role = {"model": "assistant", "function": "tool"}.get(content.get("role", "user"), content.get("role", "user"))
    if parts and all(part["type"] == "tool_call_response" for part in parts):
        role = "tool"
    return {"role": role, "parts": parts}


def _read_part(part: Any) -> dict[str, Any]:
    part = as_dict(part)
    if isinstance(part.get("text"), str):
        return reasoning_part(part["text"]) if part.get("thought") else text_part(part["text"])
    call = part.get("functionCall")
    if isinstance(call, dict):
        return tool_call_part(call.get("id"), call.get("name"), call.get("args"))
    response = part.get("functionResponse")
    if isinstance(response, dict):
        return tool_response_part(response.get("id") or response.get("name"), response.get("response"))
    data = part.get("inlineData")
    if isinstance(data, dict):
        mime_type = data.get("mimeType") or ""
        return blob_part(mime_type.split("/")[0] or "file", mime_type, data.get("data"))
    file = part.get("fileData")
    if isinstance(file, dict):
        return {"type": "uri", "modality": "file", "mime_type": file.get("mimeType"), "uri": file.get("fileUri")}
    return {"type": "unknown", **part}


def _read_usage(reading: Reading, usage: Any) -> None:
    usage = as_dict(usage)
    prompt, tools = count(usage.get("promptTokenCount")), count(usage.get("toolUsePromptTokenCount"))
    answer, thoughts = count(usage.get("candidatesTokenCount")), count(usage.get("thoughtsTokenCount"))
    reading.input_tokens = None if prompt is None else prompt + (tools or 0)
    reading.output_tokens = None if answer is None and thoughts is None else (answer or 0) + (thoughts or 0)
    reading.cache_read_tokens = count(usage.get("cachedContentTokenCount"))
    reading.reasoning_tokens = thoughts
