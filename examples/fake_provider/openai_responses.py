"""OpenAI responses: https://platform.openai.com/docs/api-reference/responses."""

import json
import time
from typing import Any

from fake_provider import openai_chat
from fake_provider.answer import Answer, Question, Said, Tool, pieces
from fake_provider.text import text_of

fault = openai_chat.fault


def read(body: dict[str, Any]) -> Question:
    """The request as a question; what a previous response said is not remembered."""
    said = [Said("system", body["instructions"])] if body.get("instructions") else []
    given = body["input"]
    for item in [{"role": "user", "content": given}] if isinstance(given, str) else given:
        kind = item.get("type", "message")
        if kind == "message":
            said.append(Said({"developer": "system"}.get(item["role"], item["role"]), text_of(item["content"])))
        elif kind == "function_call_output":
            said.append(Said("tool", text_of(item["output"])))
        elif kind == "function_call":
            said.append(Said("assistant", item["name"] + item["arguments"]))
    tools = tuple(
        Tool(tool["name"], tool.get("parameters") or {})
        for tool in body.get("tools") or ()
        if tool["type"] == "function"
    )
    choice = body.get("tool_choice")
    must_call = {"required": "*"}.get(choice) if isinstance(choice, str) else (choice or {}).get("name")
    wanted = (body.get("text") or {}).get("format") or {}
    schema = wanted.get("schema", {}) if wanted.get("type") in ("json_schema", "json_object") else None
    reasons = body["model"].startswith(openai_chat.REASONING) or bool(body.get("reasoning"))
    return Question(body["model"], tuple(said), tools, must_call, schema, reasons)


def plain(body: dict[str, Any], given: Answer, identity: str) -> dict[str, Any]:
    """A whole response."""
    return _response(body, identity, "completed", _items(given, identity), usage(given))


def stream(body: dict[str, Any], given: Answer, identity: str) -> list[tuple[str, str]]:
    """The events of a streamed response, in the order in which the provider sends them."""
    events: list[dict[str, Any]] = []

    def event(kind: str, **data: Any) -> None:
        events.append({"type": kind, "sequence_number": len(events), **data})

    begun = _response(body, identity, "in_progress", [], None)
    event("response.created", response=begun)
    event("response.in_progress", response=begun)
    for index, item in enumerate(_items(given, identity)):
        place = {"item_id": item["id"], "output_index": index}
        empty = item | ({"content": []} if item["type"] == "message" else {})
        empty |= {"arguments": ""} if item["type"] == "function_call" else {}
        event(
            "response.output_item.added",
            output_index=index,
            item=empty | ({} if item["type"] == "reasoning" else {"status": "in_progress"}),
        )
        if item["type"] == "message":
            part = item["content"][0]
            within = place | {"content_index": 0}
            word = "refusal" if part["type"] == "refusal" else "text"
            name = "refusal" if word == "refusal" else "output_text"
            event("response.content_part.added", **within, part=part | {word: ""})
            for piece in pieces(given.text):
                event(
                    f"response.{name}.delta", **within, delta=piece, **({} if word == "refusal" else {"logprobs": []})
                )
            event(
                f"response.{name}.done",
                **within,
                **{word: given.text},
                **({} if word == "refusal" else {"logprobs": []}),
            )
            event("response.content_part.done", **within, part=part)
        elif item["type"] == "function_call":
            for start in range(0, len(item["arguments"]), 8):
                event("response.function_call_arguments.delta", **place, delta=item["arguments"][start : start + 8])
            event("response.function_call_arguments.done", **place, arguments=item["arguments"], name=item["name"])
        event("response.output_item.done", output_index=index, item=item)
    finished = plain(body, given, identity)
    event("response.incomplete" if finished["status"] == "incomplete" else "response.completed", response=finished)
    return [(one["type"], json.dumps(one, ensure_ascii=False)) for one in events]


def usage(given: Answer) -> dict[str, Any]:
    """The counts, in this protocol's words."""
    counts = given.usage
    return {
        "input_tokens": counts.input_tokens,
        "input_tokens_details": {"cached_tokens": counts.cached_tokens},
        "output_tokens": counts.output_tokens,
        "output_tokens_details": {"reasoning_tokens": counts.reasoning_tokens},
        "total_tokens": counts.input_tokens + counts.output_tokens,
    }


def _items(given: Answer, identity: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if given.reasoning:
        summary = [{"type": "summary_text", "text": given.reasoning}]
        items.append({"id": f"rs_{identity}", "type": "reasoning", "summary": summary})
    for call in given.tool_calls:
        called = {"id": f"fc_{call.id}", "type": "function_call", "call_id": call.id, "name": call.name}
        items.append(called | {"arguments": call.arguments, "status": "completed"})
    if given.text:
        text = {"type": "output_text", "text": given.text, "annotations": [], "logprobs": []}
        part = {"type": "refusal", "refusal": given.text} if given.refusal else text
        items.append(
            {"id": f"msg_{identity}", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        )
    return items


def _response(body: dict[str, Any], identity: str, status: str, items: list[Any], counts: Any) -> dict[str, Any]:
    return {
        "id": f"resp_{identity}",
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "model": openai_chat.SNAPSHOTS.get(body["model"], body["model"]),
        "output": items,
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "previous_response_id": body.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools") or [],
        "top_p": body.get("top_p", 1.0),
        "truncation": "disabled",
        "usage": counts,
        "user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }
