"""OpenAI embeddings: https://platform.openai.com/docs/api-reference/embeddings."""

import base64
import struct
from hashlib import sha256
from typing import Any

from fake_provider import openai_chat
from fake_provider.answer import Answer, Question, Said

DIMENSIONS = 8

fault = openai_chat.fault


def read(body: dict[str, Any]) -> Question:
    """The texts to embed, as a question."""
    return Question(body["model"], tuple(Said("user", text) for text in _texts(body)))


def plain(body: dict[str, Any], given: Answer, identity: str) -> dict[str, Any]:
    """One vector per text: numbers, or base64 where the client asks for it (the `openai` package does)."""
    vectors = [_vector(text, body.get("dimensions") or DIMENSIONS) for text in _texts(body)]
    if body.get("encoding_format") == "base64":
        data = [base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode() for vector in vectors]
    else:
        data = vectors
    items = [{"object": "embedding", "index": n, "embedding": one} for n, one in enumerate(data)]
    return {"object": "list", "data": items, "model": body["model"], "usage": usage(given)}


def stream(body: dict[str, Any], given: Answer, identity: str) -> list[tuple[str, str]]:
    """Embeddings are never streamed."""
    raise ValueError("embeddings have no stream")


def usage(given: Answer) -> dict[str, Any]:
    """The counts, in this protocol's words."""
    return {"prompt_tokens": given.usage.input_tokens, "total_tokens": given.usage.input_tokens}


def _texts(body: dict[str, Any]) -> list[str]:
    given = body["input"]
    return [given] if isinstance(given, str) else [one if isinstance(one, str) else str(one) for one in given]


def _vector(text: str, dimensions: int) -> list[float]:
    digest = sha256(text.encode()).digest()
    return [digest[n % len(digest)] / 255 - 0.5 for n in range(dimensions)]
