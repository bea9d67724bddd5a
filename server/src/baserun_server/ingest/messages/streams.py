"""An answer that was recorded as the events or chunks of its stream, put together."""

from typing import Any

from ..values import items
from .beside import object_in

Event = dict[str, Any]
ENDS = ("response.completed", "response.incomplete", "response.failed", "response.done")
PROVIDER_STARTS = frozenset(("message_start", "content_block_start", "content_block_delta"))


def assembled(events: list[Any]) -> dict[str, Any] | None:
    """The answer that a list of events tells, as the provider would have sent it whole; None for any other list."""
    if not events or not all(isinstance(event, dict) for event in events):
        return None
    kinds = [event.get("type") if isinstance(event.get("type"), str) else "" for event in events]
    if all(kind.startswith("response.") for kind in kinds):
        return _of_responses(events, kinds)
    if PROVIDER_STARTS & set(kinds):
        return _of_blocks(events, kinds)
    if all(isinstance(event.get("choices"), list) for event in events) and any(
        isinstance(choice, dict) and isinstance(choice.get("delta"), dict)
        for event in events
        for choice in event["choices"]
    ):
        return _of_chunks(events)
    if len(events) > 1 and all(isinstance(event.get("candidates"), list) for event in events):
        return _of_candidates(events)
    return None


def _of_responses(events: list[Event], kinds: list[str]) -> dict[str, Any]:
    """The Responses API: the last event holds the whole, else the items do, else the pieces of text."""
    for event, kind in zip(reversed(events), reversed(kinds), strict=True):
        if kind in ENDS and isinstance(event.get("response"), dict) and event["response"].get("output"):
            return event["response"]
    done = [event["item"] for event, kind in zip(events, kinds, strict=True)
            if kind == "response.output_item.done" and isinstance(event.get("item"), dict)]  # fmt: skip
    if done:
        return {"object": "response", "output": done}
    texts: dict[Any, dict[str, str]] = {}
    for event, kind in zip(events, kinds, strict=True):
        if kind.endswith(".delta") and isinstance(event.get("delta"), str):
            place = texts.setdefault((event.get("output_index"), event.get("content_index")), {})
            place[kind] = place.get(kind, "") + event["delta"]
    output = []
    for place in texts.values():
        for kind, said in place.items():
            if "reasoning" in kind:
                output.append({"type": "reasoning", "content": [{"type": "reasoning_text", "text": said}]})
            elif "refusal" in kind:
                content = [{"type": "refusal", "refusal": said}]
                output.append({"type": "message", "role": "assistant", "content": content})
            elif "output_text" in kind:
                content = [{"type": "output_text", "text": said}]
                output.append({"type": "message", "role": "assistant", "content": content})
    return {"object": "response", "output": output}


def _of_blocks(events: list[Event], kinds: list[str]) -> dict[str, Any]:
    """Anthropic: blocks that begin, grow and end."""
    whole: dict[str, Any] = {"role": "assistant", "content": []}
    blocks: dict[Any, dict[str, Any]] = {}
    for event, kind in zip(events, kinds, strict=True):
        delta = object_in(event, "delta")
        if kind == "message_start" and isinstance(event.get("message"), dict):
            whole = {**event["message"], **whole}
        elif kind == "content_block_start" and isinstance(event.get("content_block"), dict):
            blocks[event.get("index")] = {**event["content_block"]}
        elif kind == "content_block_delta":
            block = blocks.setdefault(event.get("index"), {"type": "text", "text": ""})
            for field in ("text", "thinking", "signature"):
                if isinstance(delta.get(field), str):
                    block[field] = str(block.get(field) or "") + delta[field]
            if isinstance(delta.get("partial_json"), str):
                written = block.get("input")
                block["input"] = (written if isinstance(written, str) else "") + delta["partial_json"]
            if isinstance(delta.get("citation"), dict):
                block["citations"] = [*items(block.get("citations")), delta["citation"]]
        elif kind == "message_delta" and delta.get("stop_reason"):
            whole["stop_reason"] = delta["stop_reason"]
    whole["content"] = list(blocks.values())
    return whole


def _of_chunks(events: list[Event]) -> dict[str, Any]:
    """Chat completions: each choice grows by deltas."""
    choices: dict[Any, dict[str, Any]] = {}
    for event in events:
        for choice in event["choices"]:
            if not isinstance(choice, dict):
                continue
            made = choices.setdefault(choice.get("index", 0), {"message": {"role": "assistant", "content": None}})
            if choice.get("finish_reason"):
                made["finish_reason"] = choice["finish_reason"]
            _grow(made["message"], choice.get("delta"))
    return {"choices": list(choices.values())}


def _grow(whole: dict[str, Any], delta: Any) -> None:
    if not isinstance(delta, dict):
        return
    for field in ("content", "refusal", "reasoning_content", "reasoning"):
        if isinstance(delta.get(field), str):
            whole[field] = (whole.get(field) or "") + delta[field]
    calls = whole.setdefault("tool_calls", [])
    for piece in items(delta.get("tool_calls")):
        if not isinstance(piece, dict):
            continue
        place = piece.get("index", len(calls))
        known = next((call for call in calls if call["index"] == place), None)
        if known is None:
            known = {"index": place, "id": "", "function": {"name": "", "arguments": ""}}
            calls.append(known)
        known["id"] = piece.get("id") or known["id"]
        function = object_in(piece, "function")
        for field in ("name", "arguments"):
            if isinstance(function.get(field), str):
                known["function"][field] += function[field]


def _of_candidates(events: list[Event]) -> dict[str, Any]:
    """Gemini: each chunk is an answer of its own, whose texts go on from those before."""
    candidates: dict[Any, dict[str, Any]] = {}
    for event in events:
        for candidate in event["candidates"]:
            if not isinstance(candidate, dict):
                continue
            whole = candidates.setdefault(candidate.get("index", 0), {"content": {"role": "model", "parts": []}})
            content = object_in(candidate, "content")
            _join(whole["content"]["parts"], items(content.get("parts")))
            whole.update({key: value for key, value in candidate.items() if key != "content"})
    return {"candidates": list(candidates.values())}


def _join(parts: list[Any], more: list[Any]) -> None:
    for part in more:
        last = parts[-1] if parts else None
        if (
            isinstance(last, dict)
            and _is_plain(last)
            and _is_plain(part)
            and bool(last.get("thought")) == bool(part.get("thought"))
        ):
            last["text"] += part["text"]
        else:
            parts.append(dict(part) if isinstance(part, dict) else part)


def _is_plain(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("text"), str) and part.keys() <= {"text", "thought"}
