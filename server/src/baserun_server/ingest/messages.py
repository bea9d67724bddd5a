"""Messages of every provider and framework, into the parts form of the GenAI conventions.

`[{role, parts: [{type: text | reasoning | tool_call | tool_call_response | blob | uri | file | …}], finish_reason?}]`.
A part of an unknown type is kept as it came.
"""

from typing import Any

from ..model import Span
from .values import items, parsed, parsed_as_sent, text

ROLES = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "function": "tool",
    "toolresult": "tool",
    "humanmessage": "user",
    "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "systemmessage": "system",
    "toolmessage": "tool",
}


def kept_messages(span: Span, value: Any, role: str) -> list[dict[str, Any]]:
    """Like `read_messages`; the text of messages that were sent in the parts form is kept with the span."""
    found, as_sent = parsed_as_sent(value)
    if as_sent and isinstance(found, list) and all(map(_is_ready, found)):
        span.as_sent[id(found)] = found, as_sent
        return found
    return _in_parts_form(found, role)


def read_messages(value: Any, role: str) -> list[dict[str, Any]]:
    """Messages that a value of any form holds; `role` is for those that name none. Empty where it holds none."""
    return _in_parts_form(parsed(value), role)


def _in_parts_form(value: Any, role: str) -> list[dict[str, Any]]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        for item in value:
            if type(item) is not dict or "parts" not in item:
                return _from_list(value, role)
        return [_parts_form(item, role) for item in value]
    if isinstance(value, dict):
        return _from_object(value, role)
    return [_message(role, [_text_part(value)])]


def system_messages(value: Any) -> list[dict[str, Any]]:
    """A system prompt that travels outside the messages: parts, or a text."""
    value = parsed(value)
    if isinstance(value, list):
        parts = [part for item in value for part in _part(item)]
        return [_message("system", parts)] if parts else []
    content = text(value)
    return [_message("system", [_text_part(content)])] if content else []


def _from_list(items: list[Any], role: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for item in items:
        if isinstance(item, list):
            # LangChain: a list of messages for each prompt of a call.
            messages += _from_list(item, role)
        elif isinstance(item, dict):
            messages += _from_object(item, role)
        elif item is not None and item != "":
            messages.append(_message(role, [_text_part(item)]))
    return messages


def _from_object(value: dict[str, Any], role: str) -> list[dict[str, Any]]:
    if "role" in value or "content" in value or "parts" in value or "tool_calls" in value:
        return [message(value, role)]
    for key in ("messages", "input", "contents", "prompt"):
        if key in value and role != "assistant":
            system = value.get("system") or value.get("instructions") or value.get("system_instruction")
            return (system_messages(system) if system else []) + read_messages(value[key], role)
    if isinstance(value.get("choices"), list):
        return [found for choice in value["choices"] for found in _from_choice(choice)]
    if "message" in value:
        return _from_choice(value)
    if isinstance(value.get("candidates"), list):
        return [found for candidate in value["candidates"] for found in _from_candidate(candidate)]
    if isinstance(value.get("generations"), list):
        return _from_list(value["generations"], "assistant")
    if isinstance(value.get("messages"), list):
        return _from_list(value["messages"], role)
    if isinstance(value.get("replies"), list):
        return _from_list(value["replies"], "assistant")
    if isinstance(value.get("output"), (list, dict)):
        return read_messages(value["output"], "assistant")
    if isinstance(value.get("kwargs"), dict):
        name = value.get("id")
        kind = name[-1] if isinstance(name, list) and name else value.get("type")
        return [message({"type": kind, **value["kwargs"]}, role)]
    parts = _part(value)
    part_role = "tool" if any(part.get("type") == "tool_call_response" for part in parts) else role
    return [_message(part_role, parts)] if parts else []


def _from_choice(choice: Any) -> list[dict[str, Any]]:
    if not isinstance(choice, dict):
        return []
    inner = parsed(choice.get("message") or choice.get("delta") or choice.get("text"))
    found = _from_object(inner, "assistant") if isinstance(inner, dict) else read_messages(inner, "assistant")
    reason = text(choice.get("finish_reason"))
    if reason and found:
        found[-1].setdefault("finish_reason", reason)
    return found


def _from_candidate(candidate: Any) -> list[dict[str, Any]]:
    if not isinstance(candidate, dict) or not isinstance(candidate.get("content"), dict):
        return []
    found = message(candidate["content"], "assistant")
    reason = text(candidate.get("finishReason") or candidate.get("finish_reason"))
    if reason:
        found["finish_reason"] = reason.lower()
    return [found]


def message(raw: dict[str, Any], role: str) -> dict[str, Any]:
    """One message of any provider's form."""
    given = text(raw.get("role")) or text(raw.get("type") if raw.get("type") != "message" else "")
    given = ROLES.get(given.lower().replace("-", ""), given) or role
    if isinstance(raw.get("parts"), list):
        return _parts_form({**raw, "role": given}, role)
    parts: list[dict[str, Any]] = []
    reasoning = raw.get("reasoning_content") or raw.get("reasoning") or raw.get("thinking")
    if isinstance(reasoning, str) and reasoning:
        parts.append({"type": "reasoning", "content": reasoning})
    call_id = text(raw.get("tool_call_id") or raw.get("toolCallId"))
    content = raw.get("content")
    if content is None:
        content = raw.get("contents") or raw.get("text")
    if given == "tool" and not _holds_result(content):
        parts.append({"type": "tool_call_response", "id": call_id, "response": _plain(parsed(content))})
    else:
        parts += _content(content)
    if isinstance(raw.get("refusal"), str) and raw["refusal"]:
        parts.append({"type": "refusal", "content": raw["refusal"]})
    calls = parsed(raw.get("tool_calls") or raw.get("toolCalls"))
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            parts.append(_tool_call(call))
    if isinstance(raw.get("function_call"), dict):
        parts.append(_tool_call(raw["function_call"]))
    made = _message(given, parts)
    if text(raw.get("name")):
        made["name"] = text(raw.get("name"))
    reason = text(raw.get("finish_reason") or raw.get("stop_reason") or raw.get("finishReason"))
    if reason:
        made["finish_reason"] = reason
    return made


def _parts_form(raw: dict[str, Any], role: str) -> dict[str, Any]:
    if _is_ready(raw):
        return raw
    parts = raw["parts"]
    parts = [made for part in parts for made in _part(part)] if isinstance(parts, list) else [_text_part(parts)]
    return {**raw, "role": raw.get("role") or role, "parts": parts}


def _is_ready(message: Any) -> bool:
    """Whether a message is in the parts form as it stands."""
    if type(message) is not dict or not message.get("role"):
        return False
    parts = message.get("parts")
    if type(parts) is not list:
        return False
    for part in parts:
        if type(part) is not dict or (part.get("type") not in READY_TYPES and _part(part) != [part]):
            return False
    return True


READY_TYPES = frozenset(("text", "reasoning", "tool_call", "blob", "uri"))
"""Part types that need no look inside when a message already has the parts form."""


def _content(content: Any) -> list[dict[str, Any]]:
    if content is None or content == "":
        return []
    if isinstance(content, str):
        inner = parsed(content) if content[:2] in ("[{", "[ ") or content[:2] == "[\n" else content
        if isinstance(inner, list) and inner and all(_is_block(item) for item in inner):
            return [made for item in inner for made in _part(item)]
        return [_text_part(content)]
    if isinstance(content, list):
        return [made for item in content for made in _part(item)]
    if isinstance(content, dict):
        return _part(content)
    return [_text_part(content)]


def _is_block(item: Any) -> bool:
    return isinstance(item, dict) and bool(item.keys() & {"type", "text", "toolUse", "toolResult"})


def _holds_result(content: Any) -> bool:
    content = parsed(content)
    return isinstance(content, list) and any(
        isinstance(item, dict)
        and ("toolResult" in item or item.get("type") in ("tool_result", "tool-result", "tool_call_response"))
        for item in content
    )


def _part(raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, dict):
        return [] if raw is None or raw == "" else [_text_part(raw)]
    kind = raw.get("type")
    if kind in ("text", "input_text", "output_text", "summary_text"):
        return [_text_part(raw.get("content", raw.get("text", "")))]
    if kind in ("reasoning", "thinking"):
        content = raw.get("content", raw.get("thinking", raw.get("text")))
        if content is None or isinstance(content, list):
            content = "\n".join(text(item.get("text")) for item in items(raw.get("summary")) if isinstance(item, dict))
        return [{"type": "reasoning", "content": content}] if content else []
    if kind in ("tool_call", "tool_use", "tool-call", "function_call", "function", "custom_tool_call"):
        return [_tool_call(raw)]
    if kind in ("tool_call_response", "tool_result", "tool-result", "function_call_output"):
        return [_tool_response(raw)]
    if kind in ("image_url", "input_image", "image"):
        return [_image(raw)]
    if kind == "input_audio" and isinstance(raw.get("input_audio"), dict):
        audio = raw["input_audio"]
        mime_type = f"audio/{audio.get('format', 'wav')}"
        return [{"type": "blob", "modality": "audio", "mime_type": mime_type, "content": audio.get("data", "")}]
    if kind == "message":
        return _content(raw.get("content"))
    if kind is not None:
        return [raw]
    return _untyped(raw)


def _untyped(raw: dict[str, Any]) -> list[dict[str, Any]]:
    if isinstance(raw.get("text"), str):
        return [_text_part(raw["text"])]
    for key in ("toolUse", "functionCall", "function_call"):
        if isinstance(raw.get(key), dict):
            return [_tool_call(raw[key])]
    for key in ("toolResult", "functionResponse", "function_response"):
        if isinstance(raw.get(key), dict):
            return [_tool_response(raw[key])]
    if isinstance(raw.get("reasoningContent"), dict):
        inner = raw["reasoningContent"].get("reasoningText")
        return [{"type": "reasoning", "content": text(inner.get("text") if isinstance(inner, dict) else inner)}]
    if isinstance(raw.get("inlineData"), dict):
        data = raw["inlineData"]
        mime_type = text(data.get("mimeType"))
        modality = mime_type.partition("/")[0]
        return [{"type": "blob", "modality": modality, "mime_type": mime_type, "content": data.get("data", "")}]
    return [{"type": "object", "content": raw}] if raw else []


def _tool_call(raw: dict[str, Any]) -> dict[str, Any]:
    function = raw.get("function") if isinstance(raw.get("function"), dict) else raw
    assert isinstance(function, dict)
    arguments = None
    for key in ("arguments", "input", "args"):
        if function.get(key) is not None:
            arguments = parsed(function[key])
            break
    identifier = raw.get("call_id") or raw.get("id") or raw.get("toolUseId") or raw.get("toolCallId")
    name = function.get("name") or function.get("toolName")
    return {"type": "tool_call", "id": text(identifier), "name": text(name), "arguments": arguments}


def _tool_response(raw: dict[str, Any]) -> dict[str, Any]:
    identifier = next(
        (raw[key] for key in ("call_id", "tool_use_id", "toolUseId", "toolCallId", "id") if raw.get(key)), ""
    )
    response = None
    for key in ("response", "result", "output", "content"):
        if raw.get(key) is not None:
            response = _plain(parsed(raw[key]))
            break
    return {"type": "tool_call_response", "id": text(identifier), "response": response}


def _plain(content: Any) -> Any:
    """Text blocks as text, so that a tool's answer reads as what it said."""
    if isinstance(content, dict) and content.get("type") in ("text", "json") and "value" in content:
        return content["value"]
    if isinstance(content, list) and content and all(_is_text_block(item) for item in content):
        return "\n".join(item["text"] for item in content)
    return content


def _is_text_block(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("text"), str) and item.get("type", "text") == "text"


def _image(raw: dict[str, Any]) -> dict[str, Any]:
    source = raw.get("source") if isinstance(raw.get("source"), dict) else raw
    assert isinstance(source, dict)
    url = source.get("image_url", source.get("url", source.get("image")))
    url = text(url.get("url")) if isinstance(url, dict) else text(url)
    if url.startswith("data:"):
        head, _, data = url.partition(",")
        return {"type": "blob", "modality": "image", "mime_type": head[5:].partition(";")[0], "content": data}
    if url:
        return {"type": "uri", "modality": "image", "uri": url}
    if source.get("data"):
        mime_type = text(source.get("media_type") or source.get("mime_type"))
        return {"type": "blob", "modality": "image", "mime_type": mime_type, "content": source["data"]}
    return raw


def _text_part(content: Any) -> dict[str, Any]:
    return {"type": "text", "content": content if isinstance(content, str) else _as_text(content)}


def _as_text(content: Any) -> str:
    if isinstance(content, list) and all(_is_text_block(item) for item in content):
        return "\n".join(item["text"] for item in content)
    return str(content)


def _message(role: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"role": role, "parts": parts}
