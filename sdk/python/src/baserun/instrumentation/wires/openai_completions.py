"""OpenAI's older completions: a prompt in, a text out."""

from __future__ import annotations

from typing import Any

from baserun.instrumentation.wires._reading import Reading, as_dict, as_list, take_parameters, take_user, text_part
from baserun.instrumentation.wires.openai_chat import PARAMETERS, USER_FIELDS, read_usage


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith("/completions") and not path.endswith("/chat/completions")


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request."""
    reading.operation = "text_completion"
    reading.model = request.get("model")
    reading.stream = request.get("stream") is True
    take_parameters(reading, request, PARAMETERS)
    take_user(reading, request, USER_FIELDS)
    prompt = request.get("prompt")
    prompts = prompt if isinstance(prompt, list) and all(isinstance(one, str) for one in prompt) else [prompt]
    reading.input_messages = [{"role": "user", "parts": [text_part(one)]} for one in prompts if one is not None]


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read a plain answer."""
    reading.complete = True
    _read(reading, [answer])


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a streamed answer."""
    reading.complete = any(event == "[DONE]" for _, event in events)
    _read(reading, [event for _, event in events if isinstance(event, dict)])


def _read(reading: Reading, answers: list[dict[str, Any]]) -> None:
    texts: dict[int, list[str]] = {}
    reasons: dict[int, str] = {}
    for answer in answers:
        reading.response_id = reading.response_id or answer.get("id")
        reading.response_model = reading.response_model or answer.get("model")
        if answer.get("usage"):
            read_usage(reading, answer["usage"])
        for choice in as_list(answer.get("choices")):
            index = as_dict(choice).get("index") or 0
            texts.setdefault(index, []).append(as_dict(choice).get("text") or "")
            if as_dict(choice).get("finish_reason"):
                reasons[index] = choice["finish_reason"]
    for index, pieces in sorted(texts.items()):
        message: dict[str, Any] = {"role": "assistant", "parts": [text_part("".join(pieces))]}
        if index in reasons:
            message["finish_reason"] = reasons[index]
        reading.output_messages.append(message)
    reading.finish_reasons = [reason for _, reason in sorted(reasons.items())]
