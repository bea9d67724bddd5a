"""What a wire parser fills in, and the small steps that several of them take."""

from __future__ import annotations

import json
from typing import Any

MAX_BLOB_CHARACTERS = 100_000


class Reading:
    """A model call as read from the wire: the same fields whoever the provider is. None or empty: not said."""

    def __init__(self) -> None:
        self.operation = "chat"
        self.kind = "llm"
        self.provider = "openai"
        """Who it is where the host does not tell."""
        self.model: str | None = None
        self.parameters: dict[str, Any] = {}
        """By our names: see `_attributes.REQUEST_PARAMETERS`."""
        self.stream = False
        self.output_type: str | None = None
        self.previous_response_id: str | None = None
        self.conversation_id: str | None = None
        self.input_messages: list[dict[str, Any]] = []
        self.system_instructions: list[dict[str, Any]] = []
        self.tool_definitions: list[Any] = []
        self.user: str | None = None
        self.user_field: str | None = None

        self.response_id: str | None = None
        self.response_model: str | None = None
        self.finish_reasons: list[str] = []
        self.output_messages: list[dict[str, Any]] = []
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.cache_read_tokens: int | None = None
        self.cache_write_tokens: int | None = None
        self.reasoning_tokens: int | None = None
        self.complete = False
        """Whether a stream said that it was over."""
        self.error_message: str | None = None
        self.error_type: str | None = None
        self.extra: dict[str, Any] = {}
        """Further attributes as they are."""


def text_part(text: Any) -> dict[str, Any]:
    """Make a part of text."""
    return {"type": "text", "content": text if isinstance(text, str) else str(text)}


def reasoning_part(text: Any) -> dict[str, Any]:
    """Make a part of reasoning."""
    return {"type": "reasoning", "content": text if isinstance(text, str) else str(text)}


def tool_call_part(call_id: Any, name: Any, arguments: Any) -> dict[str, Any]:
    """Make a part that asks for a tool; arguments given as JSON text are read."""
    part: dict[str, Any] = {"type": "tool_call"}
    if call_id:
        part["id"] = call_id
    part["name"] = name or ""
    part["arguments"] = read_arguments(arguments)
    return part


def tool_response_part(call_id: Any, response: Any) -> dict[str, Any]:
    """Make a part that answers a tool call."""
    part: dict[str, Any] = {"type": "tool_call_response"}
    if call_id:
        part["id"] = call_id
    part["response"] = read_arguments(response) if isinstance(response, str) and response[:1] in "{[" else response
    return part


def blob_part(modality: str, mime_type: str | None, content: Any) -> dict[str, Any]:
    """Make a part of data; a long one is left out, its size said."""
    part: dict[str, Any] = {"type": "blob", "modality": modality}
    if mime_type:
        part["mime_type"] = mime_type
    text = content if isinstance(content, str) else ""
    if len(text) > MAX_BLOB_CHARACTERS:
        part["size_bytes"] = len(text) * 3 // 4
        part["content"] = ""
    else:
        part["content"] = text
    return part


def uri_or_blob_part(modality: str, url: Any) -> dict[str, Any]:
    """Make a part of a URL: of its data, where the URL holds them itself."""
    text = url if isinstance(url, str) else ""
    if text.startswith("data:"):
        head, _, data = text[5:].partition(",")
        return blob_part(modality, head.split(";")[0] or None, data)
    return {"type": "uri", "modality": modality, "uri": text}


def read_arguments(arguments: Any) -> Any:
    """Read a tool's arguments from JSON text, where they are such."""
    if not isinstance(arguments, str):
        return arguments if arguments is not None else {}
    try:
        return json.loads(arguments) if arguments else {}
    except ValueError:
        return arguments


def count(value: Any) -> int | None:
    """Return a count as a number, or None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def as_dict(value: Any) -> dict[str, Any]:
    """Return a dictionary, empty where the value is none."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return a list, empty where the value is none."""
    return value if isinstance(value, list) else []


def take_user(reading: Reading, request: dict[str, Any], fields: tuple[str, ...]) -> None:
    """Take the provider's end user from the first of the fields that is set; a dot leads into an object."""
    for field in fields:
        value: Any = request
        for step in field.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            reading.user = str(value)[:1_024]
            reading.user_field = field
            return


def take_parameters(reading: Reading, request: dict[str, Any], spellings: dict[str, str]) -> None:
    """Take the parameters of a request; `spellings` maps the provider's names to ours."""
    for theirs, ours in spellings.items():
        value = request.get(theirs)
        if value is not None:
            reading.parameters[ours] = value


def read_error(reading: Reading, answer: Any) -> None:
    """Read an error in the form that most providers give it."""
    if isinstance(answer, list) and answer:
        answer = answer[0]
    if not isinstance(answer, dict):
        return
    error = answer.get("error", answer)
    if isinstance(error, str):
        reading.error_message = error
    elif isinstance(error, dict):
        message = error.get("message") or error.get("detail")
        reading.error_message = message if isinstance(message, str) else None
        kind = error.get("code") if isinstance(error.get("code"), str) else None
        kind = kind or error.get("type") or error.get("status")
        reading.error_type = kind if isinstance(kind, str) else None
