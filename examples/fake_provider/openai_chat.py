"""OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat."""

import json
import time
from typing import Any

from fake_provider.answer import Answer, Question, Said, Tool, pieces
from fake_provider.text import text_of

SNAPSHOTS = {
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
    "o4-mini": "o4-mini-2025-04-16",
    "gpt-5": "gpt-5-2025-08-07",
}
REASONING = ("o1", "o3", "o4", "gpt-5")


def read(body: dict[str, Any]) -> Question:
    """The request as a question."""
    said = tuple(
        Said({"developer": "system", "function": "tool"}.get(message["role"], message["role"]), _said(message))
        for message in body["messages"]
    )
    tools = tuple(
        Tool(tool["function"]["name"], tool["function"].get("parameters") or {})
        for tool in body.get("tools") or ()
        if tool["type"] == "function"
    )
    choice = body.get("tool_choice")
    must_call = (
        {"required": "*"}.get(choice) if isinstance(choice, str) else (choice or {}).get("function", {}).get("name")
    )
    wanted = body.get("response_format") or {}
    schema = (
        wanted.get("json_schema", {}).get("schema", {})
        if wanted.get("type") in ("json_schema", "json_object")
        else None
    )
    return Question(body["model"], said, tools, must_call, schema, body["model"].startswith(REASONING))


def plain(body: dict[str, Any], given: Answer, identity: str) -> dict[str, Any]:
    """A whole completion."""
    message: dict[str, Any] = {"role": "assistant", "content": given.text or None, "refusal": None, "annotations": []}
    if given.refusal:
        message |= {"content": None, "refusal": given.text}
    if given.tool_calls:
        message["tool_calls"] = [_call(call) for call in given.tool_calls]
    choices = [
        {"index": n, "message": message, "logprobs": None, "finish_reason": given.finish}
        for n in range(body.get("n") or 1)
    ]
    return _head(body, identity, "chat.completion") | {"choices": choices, "usage": usage(given)}


def stream(body: dict[str, Any], given: Answer, identity: str) -> list[tuple[str, str]]:
    """The chunks of a streamed completion, with the last word `[DONE]`."""
    head = _head(body, identity, "chat.completion.chunk")
    with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    chunks = []

    def chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunks.append(head | {"choices": [choice]} | ({"usage": None} if with_usage else {}))

    word = "refusal" if given.refusal else "content"
    for index in range(body.get("n") or 1):
        chunk(index, {"role": "assistant", "content": None if given.tool_calls else "", "refusal": None})
        for piece in pieces(given.text):
            chunk(index, {word: piece})
        for n, call in enumerate(given.tool_calls):
            begun = {"name": call.name, "arguments": ""}
            chunk(index, {"tool_calls": [{"index": n, "id": call.id, "type": "function", "function": begun}]})
            for start in range(0, len(call.arguments), 8):
                part = {"index": n, "function": {"arguments": call.arguments[start : start + 8]}}
                chunk(index, {"tool_calls": [part]})
        chunk(index, {}, given.finish)
    if with_usage:
        chunks.append(head | {"choices": [], "usage": usage(given)})
    return [("", json.dumps(one, ensure_ascii=False)) for one in chunks] + [("", "[DONE]")]


def fault(status: int, message: str) -> dict[str, Any]:
    """An error answer."""
    kinds = {
        400: ("invalid_request_error", None),
        401: ("invalid_request_error", "invalid_api_key"),
        404: ("invalid_request_error", "model_not_found"),
        429: ("requests", "rate_limit_exceeded"),
    }
    kind, code = kinds.get(status, ("server_error", None))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def usage(given: Answer) -> dict[str, Any]:
    """The counts, in this protocol's words."""
    counts = given.usage
    return {
        "prompt_tokens": counts.input_tokens,
        "completion_tokens": counts.output_tokens,
        "total_tokens": counts.input_tokens + counts.output_tokens,
        "prompt_tokens_details": {"cached_tokens": counts.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": counts.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _said(message: dict[str, Any]) -> str:
    calls = "".join(
        call["function"]["name"] + call["function"]["arguments"]
        for call in message.get("tool_calls") or ()
        if call.get("type") == "function"
    )
    return text_of(message.get("content")) + calls


def _call(call: Any) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _head(body: dict[str, Any], identity: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{identity}",
        "object": kind,
        "created": int(time.time()),
        "model": SNAPSHOTS.get(body["model"], body["model"]),
        "service_tier": "default",
        "system_fingerprint": "fp_fake",
    }
