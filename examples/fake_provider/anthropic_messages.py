"""Anthropic messages: https://docs.anthropic.com/en/api/messages.

Counts are disjoint in this protocol: cached input is not part of `input_tokens`.
"""

import json
from typing import Any

from fake_provider.answer import Answer, Question, Said, Tool, pieces
from fake_provider.text import text_of

FINISH = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}


def read(body: dict[str, Any]) -> Question:
    """The request as a question; a message that holds a tool's result counts as the tool's."""
    said = [Said("system", text_of(body["system"]))] if body.get("system") else []
    for message in body["messages"]:
        parts = message["content"] if isinstance(message["content"], list) else []
        results = any(part.get("type") == "tool_result" for part in parts)
        called = "".join(part["name"] + json.dumps(part["input"]) for part in parts if part.get("type") == "tool_use")
        said.append(Said("tool" if results else message["role"], text_of(message["content"]) + called))
    tools = tuple(
        Tool(tool["name"], tool["input_schema"]) for tool in body.get("tools") or () if "input_schema" in tool
    )
    choice = body.get("tool_choice") or {}
    must_call = {"any": "*", "tool": choice.get("name")}.get(choice.get("type", ""))
    reasons = (body.get("thinking") or {}).get("type") in ("enabled", "adaptive")
    return Question(body["model"], tuple(said), tools, must_call, None, reasons)


def plain(body: dict[str, Any], given: Answer, identity: str) -> dict[str, Any]:
    """A whole message."""
    return _message(body, identity) | {
        "content": _blocks(given),
        "stop_reason": FINISH[given.finish],
        "usage": usage(given),
    }


def stream(body: dict[str, Any], given: Answer, identity: str) -> list[tuple[str, str]]:
    """The events of a streamed message; the output's count comes with the last but one."""
    events: list[dict[str, Any]] = []
    counts = usage(given)
    events.append(
        {
            "type": "message_start",
            "message": _message(body, identity) | {"content": [], "usage": counts | {"output_tokens": 1}},
        }
    )
    for index, block in enumerate(_blocks(given)):
        kind = block["type"]
        empty, deltas = {
            "text": lambda b: ({"text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces(b["text"])]),
            "thinking": lambda b: (
                {"thinking": "", "signature": ""},
                [
                    *({"type": "thinking_delta", "thinking": piece} for piece in pieces(b["thinking"])),
                    {"type": "signature_delta", "signature": b["signature"]},
                ],
            ),
            "tool_use": lambda b: (
                {"input": {}},
                [{"type": "input_json_delta", "partial_json": part} for part in pieces(json.dumps(b["input"]))],
            ),
        }[kind](block)
        events.append({"type": "content_block_start", "index": index, "content_block": block | empty})
        events.append({"type": "ping"})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    ended = {"stop_reason": FINISH[given.finish], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": ended, "usage": {"output_tokens": counts["output_tokens"]}})
    events.append({"type": "message_stop"})
    return [(one["type"], json.dumps(one, ensure_ascii=False)) for one in events]


def fault(status: int, message: str) -> dict[str, Any]:
    """An error answer."""
    kinds = {
        400: "invalid_request_error",
        401: "authentication_error",
        404: "not_found_error",
        429: "rate_limit_error",
        529: "overloaded_error",
    }
    return {
        "type": "error",
        "error": {"type": kinds.get(status, "api_error"), "message": message},
        "request_id": "req_fake",
    }


def usage(given: Answer) -> dict[str, Any]:
    """The counts, in this protocol's words."""
    counts = given.usage
    return {
        "input_tokens": counts.input_tokens - counts.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": counts.cached_tokens,
        "output_tokens": counts.output_tokens,
        "service_tier": "standard",
    }


def _blocks(given: Answer) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if given.reasoning:
        blocks.append({"type": "thinking", "thinking": given.reasoning, "signature": "fake-signature"})
    if given.text:
        blocks.append({"type": "text", "text": given.text})
    blocks += [
        {
            "type": "tool_use",
            "id": call.id.replace("call_", "toolu_"),
            "name": call.name,
            "input": json.loads(call.arguments),
        }
        for call in given.tool_calls
    ]
    return blocks


def _message(body: dict[str, Any], identity: str) -> dict[str, Any]:
    return {
        "id": f"msg_{identity}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "stop_reason": None,
        "stop_sequence": None,
    }
