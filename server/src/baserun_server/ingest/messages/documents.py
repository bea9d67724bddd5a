"""What holds messages: a request, an answer, a list of either, of any provider; and what is none of these."""

from typing import Any

from ...model import Span
from ..values import has_half_pairs, parsed, parsed_as_sent, text
from .beside import EMPTY, beside, first_of, object_in, written
from .message import UNNEEDED, Message, in_parts_form, is_message, is_of_several, is_ready, known_role, message
from .parts import content_parts, is_block, parts_of, text_part
from .streams import assembled

REQUESTS = ("messages", "input", "contents", "prompt")
"""Fields in which a request holds what was said …"""
SYSTEMS = ("system", "instructions", "system_instruction", "systemInstruction", "system_prompt", "preamble")
"""… and what the application laid down before."""
CHOICE_FIELDS = frozenset(("message", "delta", "text", "finish_reason", "finishReason", "index", "logprobs", "type",
                           "generation_info", "content_filter_results", "stop_reason", "matched_stop"))  # fmt: skip
REPLIES_FIELDS = frozenset(("replies", "meta"))
PLACED = frozenset((*REQUESTS, *SYSTEMS, "choices", "candidates", "generations", "replies", "output", "message"))
"""Fields of a document whose content the messages hold."""


def kept_messages(span: Span, value: Any, role: str) -> list[Message]:
    """Like `read_messages`; the text of messages that were sent in the parts form is kept with the span."""
    found, as_sent = parsed_as_sent(value)
    if as_sent and isinstance(found, list) and all(map(is_ready, found)):
        span.as_sent[id(found)] = found, as_sent
        return found
    if isinstance(value, str) and not as_sent and "utf8_mended" not in span.marks and has_half_pairs(value):
        span.marks.append("utf8_mended")
    return _read(found, role, value)


def read_messages(value: Any, role: str, as_written: Any = None) -> list[Message]:
    """Messages that a value of any form holds; `role` is for those that name none. Empty where it holds none.

    `as_written` is the text of a value that was parsed already: a structured answer is shown as it was written.
    """
    return _read(parsed(value), role, value if as_written is None else as_written)


def _read(value: Any, role: str, as_written: Any) -> list[Message]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        for item in value:
            if type(item) is not dict or "parts" not in item or "kind" in item:
                return _from_list(value, role, as_written)
        return [in_parts_form(item, role) for item in value]
    if isinstance(value, dict):
        found = _from_object(value, role)
        return _whole(value, role, as_written) if found is None else found
    return [_message(role, [text_part(value)])]


def system_messages(value: Any) -> list[Message]:
    """A system prompt that travels outside the messages: parts, a message, or a text."""
    if isinstance(value, str):
        held = parsed(value) if value.lstrip()[:1] in ("[", "{") else value
        value = held if isinstance(held, dict) or (isinstance(held, list) and all(map(is_block, held))) else value
    if isinstance(value, dict):
        value = value.get("parts", value.get("content", value if is_block(value) else None))
    parts = content_parts(value)
    return [_message("system", parts)] if parts else []


def left_over(document: Any) -> dict[str, Any]:
    """What a document says besides the messages in it."""
    if not isinstance(document, dict):
        return {}
    if is_message(document):
        return {key: value for key, value in document.items() if key in UNNEEDED and value not in EMPTY}
    if isinstance(document.get("response"), dict):
        return {**beside(document, "response"), **left_over(document["response"])}
    return beside(document, *PLACED) if document.keys() & PLACED else {}


def forget(span: Span, key: str, document: Any) -> None:
    """Take an attribute whose document was read from a span, and leave there what the messages do not hold of it."""
    if key not in span.attributes:
        return
    rest = left_over(parsed(document))
    del span.attributes[key]
    if rest and not any(document is held for held in (span.input, span.output, span.tool_arguments, span.tool_result)):
        span.attributes[key] = written(rest)


def _whole(value: Any, role: str, as_written: Any) -> list[Message]:
    """What is no message of any provider, as the text that it is."""
    return [_message(role, [text_part(as_written if isinstance(as_written, str) else written(value))])]


# --- lists -----------------------------------------------------------------------------------------------------------


def _from_list(items: list[Any], role: str, as_written: Any = None) -> list[Message]:
    if not items:
        return []
    whole = assembled(items)
    if whole is not None:
        return _read(whole, "assistant", None)
    if _is_pair(items):
        return [message({"role": items[0], "content": items[1]}, role)]
    messages: list[Message] = []
    of_blocks: Message | None = None
    understood = False
    for item in items:
        before, of_blocks = of_blocks, None
        if isinstance(item, list):
            # LangChain: a list of messages for each prompt of a call.
            found = _from_list(item, role)
            understood = True
        elif isinstance(item, dict):
            found = _from_object(item, role)
            understood = understood or found is not None
            if found is None:
                found = [_message(role, parts)] if (parts := parts_of(item)) else []
            elif len(found) == 1 and _is_inner(item):
                # Blocks of one message: they stay together.
                if before is not None and before["role"] == found[0]["role"]:
                    before["parts"] += found[0]["parts"]
                    of_blocks, found = before, []
                else:
                    of_blocks = found[0]
        elif item is not None and item != "":
            found, understood = [_message(role, [text_part(item)])], True
        else:
            found = []
        messages += found
    return messages if understood else _whole(items, role, as_written)


def _is_pair(items: list[Any]) -> bool:
    """LangChain: a message as role and text."""
    return len(items) == 2 and isinstance(items[0], str) and known_role(items[0]) and isinstance(items[1], (str, list))


def _is_inner(item: dict[str, Any]) -> bool:
    """Whether a block is one of a message's own, and not an item of the Responses API, which stands by itself."""
    kind = item.get("type")
    if not isinstance(kind, str):
        return not is_message(item)
    if kind == "reasoning":
        return isinstance(item.get("content"), str) or "text" in item
    return not kind.endswith(("_call", "_output", "message")) and not is_message(item)


# --- objects ---------------------------------------------------------------------------------------------------------


def _from_object(value: dict[str, Any], role: str) -> list[Message] | None:
    """The messages in an object; None where it is of no form that is known."""
    if is_message(value):
        return _split(value, role)
    if isinstance(value.get("response"), dict) and str(value.get("type", "")).startswith("response."):
        # The last event of a stream of the Responses API.
        return _from_object(value["response"], "assistant")
    found = _from_request(value, role) if role != "assistant" else None
    if found is None:
        found = _from_answer(value, role)
    if found is None and isinstance(value.get("kwargs"), dict):
        name = value.get("id")
        kind = name[-1] if isinstance(name, list) and name else value.get("type")
        return [message({**value["kwargs"], "type": kind}, role)]
    if found is None and isinstance(value.get("data"), dict) and known_role(value.get("type")):
        # LangChain: `{type, data}`.
        return [message({**value["data"], "type": value["type"]}, role)]
    if found is None and is_block(value):
        parts = parts_of(value)
        return [_message(_role_of_parts(parts, role), parts)] if parts else []
    return found


def _split(value: dict[str, Any], role: str) -> list[Message]:
    """A message; of Pydantic AI's older form, where one holds what several have said, all of them."""
    if not is_of_several(value):
        return [message(value, role)]
    roles = {"system-prompt": "system", "user-prompt": "user", "tool-return": "tool", "retry-prompt": "tool"}
    found: list[Message] = []
    for part in value["parts"]:
        given = roles.get(str(part.get("part_kind")), "assistant") if isinstance(part, dict) else role
        found.append(_message(given, parts_of(part)))
    return [made for made in found if made["parts"]]


def _from_request(value: dict[str, Any], role: str) -> list[Message] | None:
    for key in REQUESTS:
        if value.get(key) not in EMPTY:
            holder = object_in(value, "config")
            system = first_of(value, *SYSTEMS) or first_of(holder, *SYSTEMS)
            return (system_messages(system) if system else []) + _read(_opened(value[key]), role, value[key])
    return None


def _opened(value: Any) -> Any:
    """A field of a request: text that holds messages as JSON is opened, any other stays."""
    if not isinstance(value, str):
        return value
    held = parsed(value) if value.lstrip()[:1] == "[" else value
    return held if isinstance(held, list) and held and all(map(is_message, held)) else value


def _from_answer(value: dict[str, Any], role: str) -> list[Message] | None:
    choices = value.get("choices")
    if isinstance(choices, list) and all(map(_is_choice, choices)):
        return [found for choice in choices for found in _from_choice(choice)]
    inner = value.get("message")
    if isinstance(inner, dict) and (is_message(inner) or value.keys() <= CHOICE_FIELDS):
        return _from_choice(value)
    candidates = value.get("candidates")
    if isinstance(candidates, list) and any(map(_is_candidate, candidates)):
        return [found for candidate in filter(_is_candidate, candidates) for found in _from_candidate(candidate)]
    generations = value.get("generations")
    if isinstance(generations, list) and generations:
        return [found for one in generations for found in _from_generation(one)]
    messages = value.get("messages")
    if isinstance(messages, list) and messages and all(_is_said(item) for item in messages):
        return _from_list(messages, role)
    data = value.get("data")
    if value.get("object") == "list" and isinstance(data, list) and data and all(map(is_message, data)):
        # Assistants: the newest stands first.
        return _from_list(data[::-1], role)
    if isinstance(value.get("replies"), list) and value.keys() <= REPLIES_FIELDS:
        return _from_list(value["replies"], "assistant")
    return _from_output(value)


def _from_output(value: dict[str, Any]) -> list[Message] | None:
    output = value.get("output")
    if isinstance(output, dict):
        found = (
            _from_object(output, "assistant")
            if _is_said(output) or "message" in output or "choices" in output
            else None
        )
        reason = text(first_of(value, "stopReason", "stop_reason"))
        if found and reason:
            found[-1].setdefault("finish_reason", reason)
        return found
    if isinstance(output, list) and output and all(_is_said(item) for item in output):
        return _from_list(output, "assistant")
    if output == [] and value.get("object") == "response":
        return []
    for key, others in OLD_ANSWERS.items():
        if isinstance(value.get(key), str) and value.keys() <= {key, *others}:
            return [_message("assistant", [text_part(value[key])])]
    return None


OLD_ANSWERS = {"completion": ("stop_reason", "stop", "log_id", "model", "type", "id"), "generation":
               ("prompt_token_count", "generation_token_count", "stop_reason"), "outputText": ("tokenCount",
               "completionReason"), "response": ("model", "created_at", "done", "done_reason", "context",
               "total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count",
               "eval_duration"),}  # fmt: skip
"""Answers of models that only complete a text: the field, and those that stand beside it."""


def _is_said(item: Any) -> bool:
    """Whether an item of a list is a message, a block, or LangChain's way of writing one."""
    if isinstance(item, list):
        return all(map(_is_said, item)) or _is_pair(item)
    if not isinstance(item, dict):
        return False
    return is_message(item) or is_block(item) or isinstance(item.get("kwargs"), dict) or item.get("type") == "message"


def _is_choice(choice: Any) -> bool:
    return isinstance(choice, dict) and bool(choice.keys() & {"message", "delta", "text"})


def _is_candidate(candidate: Any) -> bool:
    return isinstance(candidate, dict) and bool(candidate.keys() & {"content", "finishReason", "finish_reason"})


def _from_choice(choice: dict[str, Any]) -> list[Message]:
    key = next((key for key in ("message", "delta", "text") if choice.get(key) not in EMPTY), "message")
    inner = choice.get(key)
    if isinstance(inner, str) and key != "text":
        inner = {"content": inner}
    if isinstance(inner, dict):
        found = _from_object(inner, "assistant") if not is_message(inner) else [message(inner, "assistant")]
        found = _whole(inner, "assistant", None) if found is None else found
    else:
        found = _read(inner, "assistant", inner)
    info = choice.get("generation_info")
    reason = text(first_of(choice, "finish_reason", "finishReason", "stop_reason"))
    reason = reason or (text(info.get("finish_reason")) if isinstance(info, dict) else "")
    if reason and found:
        found[-1].setdefault("finish_reason", reason)
    return found


def _from_candidate(candidate: dict[str, Any]) -> list[Message]:
    content = candidate.get("content")
    if not isinstance(content, dict):
        content = {"parts": [] if content in EMPTY else [content]}
    found = message({**content, "parts": content.get("parts") or []}, "assistant")
    reason = text(first_of(candidate, "finishReason", "finish_reason"))
    if reason:
        found = {**found, "finish_reason": reason.lower()}
    rest = beside(candidate, "content", "finishReason", "finish_reason", "index")
    found = found | {key: value for key, value in rest.items() if key not in found}
    return [found] if found["parts"] or reason or rest else []


def _from_generation(one: Any) -> list[Message]:
    """LangChain: a list for each prompt of a call, of generations that hold a message or a text."""
    if isinstance(one, list):
        return [found for inner in one for found in _from_generation(inner)]
    if not isinstance(one, dict):
        return _read(one, "assistant", one)
    return _from_choice(one) if _is_choice(one) else _from_object(one, "assistant") or []


def _role_of_parts(parts: list[dict[str, Any]], role: str) -> str:
    kinds = {part.get("type") for part in parts}
    if kinds == {"tool_call_response"}:
        return "assistant" if any("sent_type" in part for part in parts) and role == "assistant" else "tool"
    return "assistant" if kinds & {"tool_call", "reasoning", "refusal"} else role


def _message(role: str, parts: list[dict[str, Any]]) -> Message:
    return {"role": role, "parts": parts}
