"""One block of a message, of any provider's form, into parts."""

from collections.abc import Callable
from typing import Any

from ..values import items, text
from .beside import beside, first_of
from .media import media
from .tools import as_text, provider_call, tool_call, tool_response

Part = dict[str, Any]

TEXTS = frozenset(("text", "input_text", "output_text", "summary_text", "text-plain", "plain_text"))
REASONING = frozenset(("reasoning", "thinking", "reasoning_text", "reasoning_content", "thought"))
REDACTED = frozenset(("redacted_thinking", "redacted_reasoning", "redacted-reasoning"))
CALLS = frozenset(("tool_call", "tool_use", "tool-call", "function_call", "function", "custom_tool_call", "custom",
                   "server_tool_use", "mcp_tool_use", "server_tool_call", "builtin-tool-call"))  # fmt: skip
RESPONSES = frozenset(("tool_call_response", "tool_result", "tool-result", "tool-error", "tool-return",
                       "retry-prompt", "builtin-tool-return"))  # fmt: skip
MEDIA = {
    **dict.fromkeys(("image_url", "input_image", "image", "image-url", "output_image"), "image"),
    **dict.fromkeys(("input_audio", "output_audio", "audio", "audio-url", "audio_url"), "audio"),
    **dict.fromkeys(("video", "video-url", "video_url", "input_video"), "video"),
    **dict.fromkeys(("document", "document-url", "document_url"), "document"),
    **dict.fromkeys(("file", "input_file", "binary", "media", "container_upload", "blob", "uri"), ""),
}
"""Types of blocks that hold media, and of which kind."""
MARKS = {
    "cachePoint": "cache_point",
    "cache_point": "cache_point",
    "cache-point": "cache_point",
    "step-start": "step-start",
}
"""What stands among blocks and says nothing: where a cache ends, where a step begins."""
UNTYPED_CALLS = ("toolUse", "tool_call", "functionCall", "function_call", "executableCode", "executable_code")
UNTYPED_RESPONSES = (
    "toolResult",
    "functionResponse",
    "function_response",
    "codeExecutionResult",
    "code_execution_result",
)
UNTYPED_MEDIA = {
    **dict.fromkeys(("inlineData", "inline_data", "fileData", "file_data"), ""),
    **{kind: kind for kind in ("image", "video", "audio", "document")},
}
TEXT_FIELDS = frozenset(("text", "thought", "thoughtSignature", "thought_signature", "citations", "annotations",
                         "cache_control", "cacheControl", "type", "id", "index", "partMetadata"))  # fmt: skip
"""Fields of a block that is a text and names no type."""
DEPTH = 8


def parts_of(raw: Any, depth: int = DEPTH) -> list[Part]:
    """The parts that a block stands for."""
    if not isinstance(raw, dict):
        return [] if raw is None or raw == "" else [text_part(raw)]
    kind = kind_of(raw)
    if not kind:
        return _untyped(raw)
    if raw.get("type") != kind:
        raw = {**raw, "type": kind}
    reader = READERS.get(kind)
    if reader is not None:
        return reader(raw)
    if kind == "message":
        return content_parts(raw.get("content"), depth - 1) if depth else [raw]
    if kind.endswith(("_output", "_tool_result", "-tool-result")) or kind == "server_tool_result":
        return [tool_response(raw, kind)]
    if kind.endswith("_call"):
        return provider_call(raw, kind)
    if "toolCallId" in raw and kind.startswith(("tool-", "dynamic-tool")):
        return _tool_of_page(raw, kind)
    return [raw]


def content_parts(content: Any, depth: int = DEPTH) -> list[Part]:
    """The parts of a message's content: a text, a block or a list of both."""
    if content is None or content == "":
        return []
    if isinstance(content, list):
        return [part for item in content for part in parts_of(item, depth)]
    return parts_of(content, depth) if isinstance(content, dict) else [text_part(content)]


def text_part(content: Any) -> Part:
    """A text as a part, as it was written."""
    return {"type": "text", "content": content if isinstance(content, str) else as_text(content)}


def kind_of(raw: dict[str, Any]) -> str:
    """The type that a block gives itself, empty where it gives none."""
    for key in ("type", "part_kind", "kind"):
        kind = raw.get(key)
        if isinstance(kind, str) and kind:
            return kind
    return ""


def is_block(item: Any) -> bool:
    """Whether an object is a block of a message, and not just any object."""
    if not isinstance(item, dict):
        return False
    kind = item.get("type", item.get("part_kind"))
    if kind is None or kind == "":
        if isinstance(item.get("text"), str):
            return item.keys() <= TEXT_FIELDS
        return _holder(item) is not None
    if not isinstance(kind, str):
        return False
    if kind in TEXTS:
        return "text" in item or "content" in item
    if kind in MARKS or kind in REDACTED:
        return True
    if kind in READERS:
        return len(item) > 1
    return kind.endswith(("_call", "_call_output", "_tool_result")) or "toolCallId" in item


# --- blocks that name their type -------------------------------------------------------------------------------------


def _text(raw: dict[str, Any]) -> list[Part]:
    key = next((key for key in ("content", "text", "value") if raw.get(key) is not None), "text")
    given, rest = raw.get(key), beside(raw, "type", "part_kind", key)
    if raw.get("thought") is True:
        return _reasoning(raw)
    if isinstance(given, dict) and "value" in given:
        # Assistants: `{value, annotations}`.
        given, rest = given["value"], rest | beside(given, "value")
    if given is None or given == "":
        return [{"type": "text", "content": "", **rest}] if rest.keys() - {"id", "index", "status"} else []
    return [{**text_part(given), **rest}]


def _reasoning(raw: dict[str, Any]) -> list[Part]:
    content, read = "", ""
    for key in ("content", "thinking", "reasoning", "text", "summary"):
        content = _thought(raw.get(key))
        if content:
            read = key
            break
    rest = beside(raw, "type", "part_kind", "thought", read)
    if rest.get("status") == "completed":
        del rest["status"]
    if not content and not rest.keys() - {"id", "index", "status"}:
        return []
    rest.pop("content", None)
    return [{"type": "reasoning", "content": content, **rest}]


def _thought(given: Any) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, dict):
        return _thought(given.get("text", given.get("content")))
    return "\n".join(thought for item in items(given) if (thought := _thought(item)))


def _redacted(raw: dict[str, Any]) -> list[Part]:
    return [{"type": "reasoning", "content": "", "redacted": True, **beside(raw, "type")}]


def _refusal(raw: dict[str, Any]) -> list[Part]:
    given = first_of(raw, "refusal", "content", "text")
    return (
        [{"type": "refusal", "content": as_text(given), **beside(raw, "type", "refusal", "content", "text")}]
        if given
        else []
    )


def _media(raw: dict[str, Any]) -> list[Part]:
    kind = kind_of(raw)
    source = raw.get("source")
    if isinstance(source, dict) and source.get("type") in ("text", "content"):
        # Anthropic: a document whose text is sent, not its bytes.
        given = source.get("data", source.get("content"))
        mime_type = text(source.get("media_type")) or "text/plain"
        return [
            {"type": "document", "mime_type": mime_type, "content": as_text(given), **beside(raw, "type", "source")}
        ]
    made = media(raw, MEDIA.get(kind, ""))
    said = (made or raw).get("transcript")
    if not isinstance(said, str) or not said:
        return [raw] if made is None else [made]
    if made is None:
        return [{**text_part(said), **beside(raw, "type", "transcript")}]
    del made["transcript"]
    return [made, text_part(said)]


def _mark(raw: dict[str, Any]) -> list[Part]:
    return [{**raw, "type": MARKS[kind_of(raw)]}]


def _tool_of_page(raw: dict[str, Any], kind: str) -> list[Part]:
    """The AI SDK's messages of a page: a call and its answer in one, the tool's name in the type."""
    name = text(raw.get("toolName")) or kind.removeprefix("tool-")
    rest = beside(raw, "output", "errorText", "input", "type")
    call = tool_call({"name": name, "input": raw.get("input"), **rest}, "tool_call")
    if raw.get("output") is None and not raw.get("errorText"):
        return [call]
    answer = {"toolCallId": raw.get("toolCallId"), "output": raw.get("output"), "errorText": raw.get("errorText")}
    return [call, tool_response({"name": name, **answer}, "tool_result")]


def _invalid_call(raw: dict[str, Any]) -> list[Part]:
    return [{**tool_call(raw, "tool_call"), "invalid": True}]


def _prompt(raw: dict[str, Any]) -> list[Part]:
    return content_parts(raw.get("content"))


def _non_standard(raw: dict[str, Any]) -> list[Part]:
    return parts_of(raw["value"]) if isinstance(raw.get("value"), dict) else [raw]


READERS: dict[str, Callable[[dict[str, Any]], list[Part]]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(REASONING, _reasoning),
    **dict.fromkeys(REDACTED, _redacted),
    **dict.fromkeys(CALLS, lambda raw: [tool_call(raw, kind_of(raw))]),
    **dict.fromkeys(RESPONSES, lambda raw: [tool_response(raw, kind_of(raw))]),
    **dict.fromkeys(MEDIA, _media),
    **dict.fromkeys(MARKS, _mark),
    "refusal": _refusal,
    "invalid_tool_call": _invalid_call,
    "user-prompt": _prompt,
    "system-prompt": _prompt,
    "non_standard": _non_standard,
}


# --- blocks that are named by what they hold --------------------------------------------------------------------------


def _holder(raw: dict[str, Any]) -> str | None:
    """The field that says what a block without a type is."""
    for key in (*UNTYPED_CALLS, *UNTYPED_RESPONSES, *UNTYPED_MEDIA, "tool_call_result", "reasoning", "reasoningContent",
                "guardContent", "citationsContent", "cachePoint"):  # fmt: skip
        if isinstance(raw.get(key), dict):
            return key
    return None


def _untyped(raw: dict[str, Any]) -> list[Part]:
    if isinstance(raw.get("text"), str):
        return _text(raw)
    key = _holder(raw)
    if key is None:
        return [{"type": "object", "content": raw}] if raw else []
    inner, rest = raw[key], beside(raw, key)
    if key in UNTYPED_CALLS:
        kind = key if key in ("executableCode", "executable_code") else "toolUse"
        return [
            {**part, **rest} for part in (provider_call(inner, kind) if kind != "toolUse" else [tool_call(inner, kind)])
        ]
    if key in UNTYPED_RESPONSES:
        kind = "toolResult" if key in UNTYPED_RESPONSES[:3] else key
        return [{**tool_response(inner, kind), **rest}]
    if key in UNTYPED_MEDIA:
        made = media(inner, UNTYPED_MEDIA[key])
        return [{**made, **rest}] if made else [{"type": "object", "content": raw}]
    if key == "tool_call_result":
        # Haystack: the call that it answers stands in `origin`.
        origin = inner.get("origin") if isinstance(inner.get("origin"), dict) else {}
        answer = {"id": origin.get("id"), "name": origin.get("tool_name"), "is_error": inner.get("error") is True}
        return [tool_response({**answer, "output": inner.get("result")}, "tool_result")]
    if key == "reasoning":
        return _reasoning({"content": inner.get("reasoning_text"), **beside(inner, "reasoning_text")})
    if key == "reasoningContent":
        return _bedrock_reasoning(inner)
    if key == "cachePoint":
        return [{"type": "cache_point", **beside(inner, "type")}]
    if key == "citationsContent":
        return [{**text_part(inner.get("content")), **beside(inner, "content")}]
    guarded = inner.get("text")
    content = guarded.get("text") if isinstance(guarded, dict) else guarded
    return [{"type": "text", "content": as_text(content), **rest}] if content else [{"type": "object", "content": raw}]


def _bedrock_reasoning(inner: dict[str, Any]) -> list[Part]:
    said = inner.get("reasoningText")
    if isinstance(said, dict):
        return [{"type": "reasoning", "content": as_text(said.get("text") or ""), **beside(said, "text")}]
    if isinstance(said, str):
        return [{"type": "reasoning", "content": said}]
    return [{"type": "reasoning", "content": "", "redacted": True, **beside(inner)}]
