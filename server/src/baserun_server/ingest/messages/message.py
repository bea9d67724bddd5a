"""One message of any provider's form, and whether an object is one."""

from typing import Any

from ..values import parsed, text
from .beside import beside, first_of
from .parts import content_parts, is_block, parts_of, text_part
from .tools import plain, tool_call

Message = dict[str, Any]

ROLES = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "function": "tool",
    "toolresult": "tool",
    "toolresults": "tool",
    "humanmessage": "user",
    "humanmessagechunk": "user",
    "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "systemmessage": "system",
    "systemmessagechunk": "system",
    "toolmessage": "tool",
    "toolmessagechunk": "tool",
    "functionmessage": "tool",
    "functionmessagechunk": "tool",
}
"""Roles and types of other conventions, in lower case and without dashes."""
OURS = frozenset(("user", "assistant", "system", "developer", "tool"))
SPEAKING = ("content", "parts", "tool_calls", "toolCalls", "function_call", "refusal", "audio", "contents", "text",
            "reasoning_content", "reasoning", "thinking", "toolResults", "tool_plan")  # fmt: skip
"""Fields in which a message says something."""
MESSAGE_FIELDS = frozenset((*SPEAKING, "role", "type", "id", "name", "tool_call_id", "toolCallId", "annotations",
                            "status", "model", "stop_reason", "stop_sequence", "stopReason", "finish_reason",
                            "finishReason", "usage", "object", "created_at", "thread_id", "assistant_id", "run_id",
                            "attachments", "metadata", "completed_at", "incomplete_at", "incomplete_details",
                            "additional_kwargs", "example", "response_metadata", "usage_metadata",
                            "invalid_tool_calls", "tool_call_chunks", "images", "provider_specific_fields",
                            "reasoning_details", "cache_control", "_meta", "meta", "phase",
                            "experimental_attachments", "providerOptions", "createdAt", "is_error", "artifact",
                            "index", "meta_data", "weight", "prefix", "timestamp", "container"))  # fmt: skip
"""Fields of messages. An object without a role that has others is what the model was asked to write."""
CALLS = ("tool_calls", "toolCalls")
REASONING = ("reasoning_content", "reasoning", "thinking", "tool_plan")
REASONS = ("finish_reason", "stop_reason", "finishReason", "stopReason")


def is_message(raw: Any) -> bool:
    """Whether an object is a message of some provider, and not an answer that only looks like one."""
    if not isinstance(raw, dict):
        return False
    if not any(key in raw for key in SPEAKING):
        return False
    if is_of_several(raw):
        return True
    if "role" not in raw and "contents" in raw:
        # A request of Gemini's.
        return False
    if known_role(raw.get("role")):
        return True
    if "role" in raw:
        return isinstance(raw["role"], str) and raw.keys() <= MESSAGE_FIELDS
    kind = raw.get("type")
    if isinstance(kind, str) and kind:
        if kind == "message":
            return "content" in raw
        return "tool_call_id" in raw if kind == "tool" else known_role(kind)
    return raw.keys() <= MESSAGE_FIELDS and ("text" not in raw or "content" in raw or "role" in raw)


def is_of_several(raw: dict[str, Any]) -> bool:
    """Pydantic AI's older form: one message holds what several have said, each part says who."""
    return raw.get("kind") in ("request", "response") and isinstance(raw.get("parts"), list)


def known_role(word: Any) -> bool:
    """Whether a word is a role, in whatever spelling."""
    return isinstance(word, str) and (word in OURS or _plain_word(word) in ROLES or _plain_word(word) in OURS)


def role_of(word: Any, otherwise: str) -> str:
    """The role that a word means."""
    given = text(word)
    plain_word = _plain_word(given)
    return ROLES.get(plain_word) or (plain_word if plain_word in OURS else given) or otherwise


def _plain_word(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def message(raw: dict[str, Any], role: str) -> Message:
    """One message of any provider's form, with all that stood beside its content."""
    given = role_of(raw.get("role") or (raw.get("type") if raw.get("type") != "message" else ""), role)
    if isinstance(raw.get("parts"), list):
        return in_parts_form({**raw, "role": given})
    more = raw.get("additional_kwargs")
    more = more if isinstance(more, dict) else {}
    content_key = next((key for key in ("content", "contents", "text") if raw.get(key) is not None), "content")
    content = raw.get(content_key)
    parts = _thoughts(raw) or _thoughts(more)
    if given == "tool" and not _holds_result(content):
        parts.append(_answer(raw, content))
    else:
        parts += _content(content)
    parts += _refusal(raw) or _refusal(more)
    parts += _spoken(raw.get("audio"))
    _add_calls(parts, raw, more)
    for result in raw["toolResults"] if isinstance(raw.get("toolResults"), list) else ():
        parts += parts_of({"type": "tool_result", **result} if isinstance(result, dict) else result)
    made: Message = {"role": given, "parts": parts}
    if text(raw.get("name")):
        made["name"] = text(raw.get("name"))
    reason = text(first_of(raw, *REASONS)) or text(_under(raw.get("response_metadata"), REASONS))
    if reason:
        made["finish_reason"] = reason
    read = ("role", "parts", "name", "refusal", "function_call", "function_call_name",
            "function_call_arguments_json", "invalid_tool_calls", "tool_call_chunks", "toolResults", "tool_call_id",
            "toolCallId", content_key, *REASONS)  # fmt: skip
    rest = beside(raw, *read, *CALLS, *REASONING, *(("audio",) if isinstance(raw.get("audio"), dict) else ()))
    if rest.get("type") in ("message", raw.get("role")) or known_role(rest.get("type")):
        rest.pop("type", None)
    if rest.get("status") == "completed":
        del rest["status"]
    return made | {key: value for key, value in rest.items() if key not in made and key not in UNNEEDED}


UNNEEDED = frozenset(("object", "example", "is_error", "usage", "usage_metadata", "usageMetadata"))
"""Fields that no reader of a conversation looks for; counts have a place of their own."""


def _under(holder: Any, keys: tuple[str, ...]) -> Any:
    return first_of(holder, *keys) if isinstance(holder, dict) else None


def _thoughts(raw: dict[str, Any]) -> list[dict[str, Any]]:
    for key in REASONING:
        if isinstance(raw.get(key), str) and raw[key]:
            return [{"type": "reasoning", "content": raw[key]}]
        if isinstance(raw.get(key), (dict, list)) and (found := parts_of({"type": "reasoning", "content": raw[key]})):
            return found
    return []


def _answer(raw: dict[str, Any], content: Any) -> dict[str, Any]:
    """What a tool answered, in a message of its own."""
    response, failed = plain(content)
    made = {
        "type": "tool_call_response",
        "id": text(raw.get("tool_call_id") or raw.get("toolCallId")),
        "response": response,
    }
    if text(raw.get("name")):
        made["name"] = text(raw["name"])
    if failed or raw.get("status") == "error" or raw.get("is_error") is True:
        made["is_error"] = True
    return made


def _refusal(raw: dict[str, Any]) -> list[dict[str, Any]]:
    given = raw.get("refusal")
    return [{"type": "refusal", "content": given}] if isinstance(given, str) and given else []


def _spoken(audio: Any) -> list[dict[str, Any]]:
    """An answer that was spoken: its sound, and what was said."""
    return parts_of({"type": "audio", **beside(audio)}) if isinstance(audio, dict) and audio else []


def _add_calls(parts: list[dict[str, Any]], raw: dict[str, Any], more: dict[str, Any]) -> None:
    """The calls of tools in all the places where a message may tell them, each once."""
    told = {part["id"] for part in parts if part.get("type") == "tool_call" and part.get("id")}
    refused = {text(call.get("id")): call for call in _dicts(raw.get("invalid_tool_calls"))}
    given = [call for key in CALLS for call in _dicts(parsed(raw.get(key)))]
    given += [call for key in CALLS for call in _dicts(parsed(more.get(key)))] if not given or more is not raw else []
    for call in given:
        made = tool_call(call)
        if made["id"] and made["id"] in told:
            continue
        told.add(made["id"])
        wrong = refused.pop(made["id"], None)
        parts.append(made if wrong is None else made | {"invalid": True} | beside({"error": wrong.get("error")}))
    parts += [{**tool_call(call, "tool_call"), "invalid": True} for id_, call in refused.items() if id_ not in told]
    for holder in (raw, more):
        call = holder.get("function_call")
        if isinstance(call, dict) and first_of(call, "name", "arguments") is not None:
            parts.append(tool_call(call))
            return
    if raw.get("function_call_name"):
        # As OpenInference flattens it.
        arguments = raw.get("function_call_arguments_json")
        parts.append(tool_call({"name": raw["function_call_name"], "arguments": arguments}))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict) and item] if isinstance(value, list) else []


def _content(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        found = blocks_in(content)
        return [text_part(content)] if found is None and content else content_parts(found)
    return content_parts(content)


def blocks_in(content: str) -> list[Any] | None:
    """The blocks that a text holds as JSON, as some senders write them; None where it is just a text."""
    start = content[:16].lstrip()
    if start[:1] != "[":
        return None
    inner = parsed(content)
    return inner if isinstance(inner, list) and inner and all(map(is_block, inner)) else None


def _holds_result(content: Any) -> bool:
    if isinstance(content, str):
        content = blocks_in(content)
    if not isinstance(content, list):
        return False
    return any(
        part.get("type") == "tool_call_response" for item in content if is_block(item) for part in parts_of(item)
    )


# --- the parts form --------------------------------------------------------------------------------------------------


def in_parts_form(raw: dict[str, Any], role: str = "") -> Message:
    """A message that names its parts, each of them in our form."""
    if is_ready(raw):
        return raw
    given = raw["parts"]
    parts = [made for part in given for made in parts_of(part)] if isinstance(given, list) else _content(given)
    return {**raw, "role": role_of(raw.get("role"), role), "parts": parts}


def is_ready(raw: Any) -> bool:
    """Whether a message is in the parts form as it stands."""
    if type(raw) is not dict or raw.get("role") not in OURS:
        return False
    parts = raw.get("parts")
    if type(parts) is not list:
        return False
    for part in parts:
        if type(part) is not dict:
            return False
        kind = part.get("type")
        if kind == "text" or kind == "reasoning":
            if type(part.get("content")) is not str or part.get("thought") is True:
                return False
        elif kind == "tool_call":
            if not isinstance(part.get("arguments"), (dict, list, type(None))) or "name" not in part:
                return False
        elif kind == "blob":
            if type(part.get("content")) is not str:
                return False
        elif kind == "uri":
            if type(part.get("uri")) is not str:
                return False
        elif parts_of(part) != [part]:
            return False
    return True
