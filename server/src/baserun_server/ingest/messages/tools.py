"""Calls of tools and what came back, whoever ran them: the application, or the provider itself."""

from typing import Any

from ..values import text, whole
from .beside import beside, first_of, written

CALL_IDS = ("call_id", "toolUseId", "toolCallId", "tool_call_id", "tool_use_id", "id")
NAMES = ("name", "toolName", "tool_name", "function_name")
ARGUMENTS = ("arguments", "input", "args", "parameters", "raw_arguments")
ANSWERS = ("response", "result", "output", "content", "value")
ERRORS = ("error", "errorText", "error_text", "error_message")
FAILED = frozenset(("error", "failed", "failure", "incomplete", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED"))
FINE = frozenset(("success", "completed", "ok", "OUTCOME_OK", "in_progress"))
"""States that say no more than that the part is there."""
USUAL_CALLS = frozenset(("tool_call", "tool_use", "tool-call", "function_call", "function", "toolUse", "functionCall"))
USUAL_ANSWERS = frozenset(("tool_call_response", "tool_result", "tool-result", "function_call_output", "toolResult",
                           "functionResponse", "tool-return"))  # fmt: skip
RUN_BY_PROVIDER = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "image_generation_call": "image_generation",
    "executableCode": "code_execution",
    "executable_code": "code_execution",
}
"""Types of calls that have no name but their type."""
ASKED = ("action", "queries", "query", "code", "revised_prompt", "operation", "commands")
"""What such a call was asked, where it has no arguments."""
CAME_BACK = ("output", "outputs", "results", "result")
TEXT_TYPES = frozenset(("text", "input_text", "output_text"))


def tool_call(raw: dict[str, Any], kind: str = "") -> dict[str, Any]:
    """The part for a call that a model asked for."""
    kind = kind or text(raw.get("type"))
    inner = next((raw[key] for key in ("function", "custom") if isinstance(raw.get(key), dict)), raw)
    arguments, is_cut = None, False
    for key in ARGUMENTS:
        if inner.get(key) is not None:
            arguments, is_cut = whole(inner[key])
            break
    name = text(first_of(inner, *NAMES)) or text(first_of(raw, *NAMES))
    made = {
        "type": "tool_call",
        "id": text(first_of(raw, *CALL_IDS) or first_of(inner, *CALL_IDS)),
        "name": name or RUN_BY_PROVIDER.get(kind, ""),
        "arguments": arguments,
    }
    if is_cut:
        made["cut"] = True
    rest = beside(raw, "type", "part_kind", "function", "custom", "index", *CALL_IDS, *NAMES, *ARGUMENTS)
    return _kept(made, rest, kind, USUAL_CALLS)


def tool_response(raw: dict[str, Any], kind: str = "") -> dict[str, Any]:
    """The part for what came back from a call."""
    kind = kind or text(raw.get("type"))
    response, failed = None, kind.endswith("error") or raw.get("is_error") is True or raw.get("isError") is True
    read = "is_error", "isError"
    for key in ANSWERS:
        if raw.get(key) is not None:
            response, wrong = plain(raw[key])
            failed, read = failed or wrong, (*read, key)
            break
    error = first_of(raw, *ERRORS)
    if error is not None:
        failed = True
        if response in (None, "", []):
            response, read = error, (*read, *ERRORS)
    failed = failed or any(isinstance(raw.get(key), str) and raw[key] in FAILED for key in ("status", "outcome"))
    made: dict[str, Any] = {"type": "tool_call_response", "id": text(first_of(raw, *CALL_IDS)), "response": response}
    name = text(first_of(raw, *NAMES))
    if name:
        made["name"] = name
    if failed:
        made["is_error"] = True
    rest = beside(raw, "type", "part_kind", *read, *CALL_IDS, *NAMES)
    return _kept(made, rest, kind, USUAL_ANSWERS)


def provider_call(raw: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """A call that the provider ran by itself: what it was asked and, where the same item says so, what came back."""
    identifier = text(raw.get("call_id") or raw.get("id"))
    name = text(first_of(raw, *NAMES)) or RUN_BY_PROVIDER.get(kind) or kind.removesuffix("_call")
    call: dict[str, Any] = {"type": "tool_call", "id": identifier, "name": name, "arguments": None}
    read = ["type", "id", "call_id", *NAMES]
    for key in (*ARGUMENTS, *ASKED):
        if raw.get(key) not in (None, [], {}):
            asked, is_cut = whole(raw[key])
            call["arguments"] = asked if key in ("arguments", "input", "args", "action") else {key: asked}
            call |= {"cut": True} if is_cut else {}
            read.append(key)
            break
    parts = [call]
    answer = next((key for key in CAME_BACK if raw.get(key) not in (None, [], {})), "")
    if answer or raw.get("error") not in (None, "", {}):
        parts.append(
            tool_response({"id": identifier, "name": name, "output": raw.get(answer), "error": raw.get("error")})
        )
        read += [answer, "error"]
    elif raw.get("status") in FAILED:
        parts.append({"type": "tool_call_response", "id": identifier, "response": None, "name": name, "is_error": True})
    _kept(call, beside(raw, *read), kind, USUAL_CALLS)
    return parts


def _kept(made: dict[str, Any], rest: dict[str, Any], kind: str, usual: frozenset[str]) -> dict[str, Any]:
    if rest.get("status") in FINE:
        del rest["status"]
    if rest.get("outcome") in FINE:
        del rest["outcome"]
    for key, value in rest.items():
        made.setdefault(key, value)
    if kind and kind not in usual:
        # What the provider calls it says who ran it.
        made.setdefault("sent_type", kind)
    return made


def plain(content: Any) -> tuple[Any, bool]:
    """A tool's answer as what it said, and whether it says itself that it failed."""
    content = whole(content)[0]
    if isinstance(content, dict):
        kind = content.get("type")
        if isinstance(kind, str) and "value" in content and len(content) <= 3:
            # The AI SDK's: text, json, content, error-text, error-json, execution-denied.
            inner, wrong = plain(content["value"]) if kind == "content" else (content["value"], False)
            return inner, wrong or kind.startswith("error") or kind == "execution-denied"
        if kind == "execution-denied":
            return content, True
        return content, isinstance(kind, str) and kind.endswith("_error")
    if isinstance(content, list) and content:
        if all(is_text_block(item) for item in content):
            return "\n".join(item["text"] for item in content), False
        if len(content) == 1 and isinstance(content[0], dict) and content[0].keys() == {"json"}:
            return content[0]["json"], False
    return content, False


def is_text_block(item: Any) -> bool:
    """Whether a block is a text and nothing else."""
    return isinstance(item, dict) and isinstance(item.get("text"), str) and item.get("type", "text") in TEXT_TYPES


def as_text(content: Any) -> str:
    """A content that is no text, as one."""
    if isinstance(content, list) and content and all(is_text_block(item) for item in content):
        return "\n".join(item["text"] for item in content)
    return written(content)
