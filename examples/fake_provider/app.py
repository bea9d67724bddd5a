"""The HTTP side: which path speaks which protocol, errors, delays, and the book of calls received.

Every protocol is a module with the same five functions: `read(body)` gives the question, `plain(…)` the JSON answer,
`stream(…)` the pieces of a streamed one, `fault(…)` its form of an error, `usage(answer)` its form of the counts.
"""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from fake_provider import anthropic_messages, openai_chat, openai_completions, openai_embeddings, openai_responses
from fake_provider.answer import Answer, answer
from fake_provider.wish import Wish, read_wish

BOOK_CALLS = 20_000
SECONDS_TO_FIRST_PIECE = 0.45
SECONDS_PER_TOKEN = 0.012
MESSAGES = {
    400: "Invalid request",
    401: "Incorrect API key provided",
    404: "The model does not exist",
    429: "Rate limit reached",
}


class BrokenStream(Exception):
    """Raised to make the server close the connection in the middle of an answer."""


def make_app(pace: float, script: dict[str, Any]) -> Starlette:
    """The application; `pace` 1 is as slow as a real provider, 0 answers at once."""
    book: deque[dict[str, Any]] = deque(maxlen=BOOK_CALLS)

    def endpoint(protocol: Any) -> Any:
        async def serve(request: Request) -> Response:
            entry = {
                "path": request.url.path,
                "status": 200,
                "headers": dict(request.headers),
                "body": None,
                "usage": None,
            }
            book.append(entry)
            return await _serve(request, protocol, pace, script, entry)

        return serve

    async def calls(request: Request) -> Response:
        if request.method == "DELETE":
            book.clear()
        return JSONResponse(list(book))

    async def models(request: Request) -> Response:
        known = [{"id": name, "object": "model", "created": 1, "owned_by": "fake"} for name in openai_chat.SNAPSHOTS]
        return JSONResponse({"object": "list", "data": known})

    return Starlette(
        routes=[
            Route("/v1/chat/completions", endpoint(openai_chat), methods=["POST"]),
            Route("/v1/completions", endpoint(openai_completions), methods=["POST"]),
            Route("/v1/responses", endpoint(openai_responses), methods=["POST"]),
            Route("/v1/embeddings", endpoint(openai_embeddings), methods=["POST"]),
            Route("/v1/messages", endpoint(anthropic_messages), methods=["POST"]),
            Route("/v1/models", models),
            Route("/fake/calls", calls, methods=["GET", "DELETE"]),
        ]
    )


async def _serve(
    request: Request, protocol: Any, pace: float, script: dict[str, Any], entry: dict[str, Any]
) -> Response:
    def refuse(status: int, message: str | None = None, retry_after: float | None = None) -> Response:
        entry["status"] = status
        headers = {"x-request-id": f"req_{uuid4().hex}"}
        if retry_after is not None:
            headers["retry-after"] = f"{retry_after:g}"
        text = message or MESSAGES.get(status, "The server had an error while processing your request")
        return JSONResponse(protocol.fault(status, text), status, headers)

    if "wrong" in request.headers.get("authorization", "") + request.headers.get("x-api-key", ""):
        return refuse(401)
    try:
        body = entry["body"] = json.loads(await request.body())
        question = protocol.read(body)
        wish = read_wish(request.headers.get("x-fake"), question.last_user_text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return refuse(400, f"Invalid request: {type(error).__name__} {error}")
    if question.model.startswith("no-such"):
        return refuse(404, f"The model `{question.model}` does not exist")

    attempts_before = int(request.headers.get("x-stainless-retry-count", "0"))
    if wish.delay and (wish.times is None or attempts_before < wish.times):
        await asyncio.sleep(wish.delay)
    if wish.status and (wish.times is None or attempts_before < wish.times):
        return refuse(wish.status, retry_after=wish.retry_after)

    given = answer(question, wish, script)
    entry["usage"] = protocol.usage(given)
    identity = uuid4().hex[:24]
    headers = {"x-request-id": f"req_{identity}", "openai-processing-ms": "1"}
    if body.get("stream"):
        events = protocol.stream(body, given, identity)
        return StreamingResponse(_paced(events, protocol, wish, pace), media_type="text/event-stream", headers=headers)
    await asyncio.sleep(pace * _seconds(given))
    return JSONResponse(protocol.plain(body, given, identity), headers=headers)


async def _paced(events: list[tuple[str, str]], protocol: Any, wish: Wish, pace: float) -> AsyncIterator[str]:
    """Events (name, data) as a stream of server-sent events, at the speed of a model; an empty name is not sent."""
    await asyncio.sleep(pace * SECONDS_TO_FIRST_PIECE)
    for sent, (name, data) in zip(itertools.count(), events, strict=False):
        if wish.break_after is not None and sent >= wish.break_after:
            raise BrokenStream(f"as wished, after {sent} pieces")
        if wish.error_after is not None and sent >= wish.error_after:
            fault = json.dumps(protocol.fault(500, "The server had an error while streaming"))
            yield ("event: error\n" if name else "") + f"data: {fault}\n\n"
            return
        yield (f"event: {name}\n" if name else "") + f"data: {data}\n\n"
        if pace:
            await asyncio.sleep(pace * SECONDS_PER_TOKEN)


def _seconds(given: Answer) -> float:
    return SECONDS_TO_FIRST_PIECE + SECONDS_PER_TOKEN * given.usage.output_tokens
