"""OpenAI's embeddings, images and audio: what was asked and what it cost; vectors and pictures stay where they are."""

from __future__ import annotations

import json
from typing import Any

from baserun.instrumentation._sse import sse_events
from baserun.instrumentation.wires._reading import Reading, as_dict, as_list, count, take_user, text_part

IMAGES = ("/images/generations", "/images/edits", "/images/variations")
AUDIO = ("/audio/speech", "/audio/transcriptions", "/audio/translations")


def recognises(host: str, path: str) -> bool:
    """Whether a request is one of these."""
    return path.endswith(("/embeddings", *IMAGES, *AUDIO))


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    """Read the request; of an upload only its fields are known, not the file."""
    path = str(reading.extra.get("path", ""))
    reading.model = request.get("model")
    reading.stream = request.get("stream") is True
    take_user(reading, request, ("safety_identifier", "user"))
    if path.endswith("/embeddings"):
        reading.operation, reading.kind = "embeddings", "embedding"
    elif path.endswith(IMAGES):
        reading.operation, reading.output_type = path.rsplit("/", 2)[-2] + "_" + path.rsplit("/", 1)[-1], "image"
        reading.operation = {"images_generations": "generate_image", "images_edits": "edit_image"}.get(
            reading.operation, "vary_image"
        )
    else:
        kinds = {"speech": "speech", "transcriptions": "transcription", "translations": "translation"}
        reading.operation = kinds[path.rsplit("/", 1)[-1]]
        reading.output_type = "speech" if reading.operation == "speech" else "text"
    given = request.get("input", request.get("prompt"))
    texts = given if isinstance(given, list) and all(isinstance(one, str) for one in given) else [given]
    parts = [text_part(one) for one in texts if isinstance(one, str) and one]
    reading.input_messages = [{"role": "user", "parts": parts}] if parts else []


def read_bytes(reading: Reading, content: bytes, content_type: str) -> None:
    """Read an answer, which may be sound."""
    if "json" in content_type:
        read_answer(reading, as_dict(json.loads(content)))
    elif "event-stream" in content_type:
        read_events(reading, sse_events(content))
    elif content_type.startswith("text/"):
        reading.complete = True
        reading.output_messages = [_said(content.decode("utf-8", "replace"))]
    else:
        reading.complete = True
        part = {"type": "blob", "modality": "audio", "mime_type": content_type, "size_bytes": len(content)}
        reading.output_messages = [{"role": "assistant", "parts": [{**part, "content": ""}]}]


def read_answer(reading: Reading, answer: dict[str, Any]) -> None:
    """Read an answer in JSON."""
    reading.complete = True
    reading.response_model = answer.get("model")
    usage = as_dict(answer.get("usage"))
    reading.input_tokens = count(usage.get("prompt_tokens", usage.get("input_tokens")))
    reading.output_tokens = count(usage.get("completion_tokens", usage.get("output_tokens")))
    if isinstance(answer.get("text"), str):
        reading.output_messages = [_said(answer["text"])]
    elif reading.output_type == "image":
        reading.output_messages = [
            {"role": "assistant", "parts": [_picture(as_dict(one)) for one in as_list(answer.get("data"))]}
        ]


def read_events(reading: Reading, events: list[tuple[str, Any]]) -> None:
    """Read a streamed transcription."""
    pieces = []
    for _, event in events:
        event = as_dict(event)
        if event.get("type") == "transcript.text.delta":
            pieces.append(event.get("delta", ""))
        elif event.get("type") == "transcript.text.done":
            read_answer(reading, event)
            return
    if pieces:
        reading.output_messages = [_said("".join(pieces))]


def _said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "parts": [text_part(text)]}


def _picture(one: dict[str, Any]) -> dict[str, Any]:
    if one.get("url"):
        return {"type": "uri", "modality": "image", "uri": one["url"]}
    size_bytes = len(one.get("b64_json") or "") * 3 // 4
    return {"type": "blob", "modality": "image", "size_bytes": size_bytes, "content": ""}
