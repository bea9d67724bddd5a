"""OpenAI's older text completions: https://platform.openai.com/docs/api-reference/completions."""

import json
import time
from typing import Any

from fake_provider import openai_chat
from fake_provider.answer import Answer, Question, Said, pieces

fault = openai_chat.fault


def read(body: dict[str, Any]) -> Question:
    """The request as a question; a list of prompts is one text."""
    prompt = body["prompt"]
    text = prompt if isinstance(prompt, str) else " ".join(str(part) for part in prompt)
    return Question(body["model"], (Said("user", text),))


def plain(body: dict[str, Any], given: Answer, identity: str) -> dict[str, Any]:
    """A whole completion."""
    choices = [_choice(n, given.text, given.finish) for n in range(body.get("n") or 1)]
    return _head(body, identity) | {"choices": choices, "usage": usage(given)}


def stream(body: dict[str, Any], given: Answer, identity: str) -> list[tuple[str, str]]:
    """The chunks of a streamed completion."""
    head = _head(body, identity)
    chunks = [head | {"choices": [_choice(0, piece, None)]} for piece in pieces(given.text)]
    chunks.append(head | {"choices": [_choice(0, "", given.finish)]})
    if (body.get("stream_options") or {}).get("include_usage"):
        chunks.append(head | {"choices": [], "usage": usage(given)})
    return [("", json.dumps(one, ensure_ascii=False)) for one in chunks] + [("", "[DONE]")]


def usage(given: Answer) -> dict[str, Any]:
    """The counts, in this protocol's words."""
    return {name: count for name, count in openai_chat.usage(given).items() if isinstance(count, int)}


def _choice(index: int, text: str, finish: str | None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": None, "finish_reason": finish}


def _head(body: dict[str, Any], identity: str) -> dict[str, Any]:
    return {"id": f"cmpl-{identity}", "object": "text_completion", "created": int(time.time()), "model": body["model"]}
