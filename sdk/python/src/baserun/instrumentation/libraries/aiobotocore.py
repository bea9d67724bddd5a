"""Amazon Bedrock through aiobotocore, the asynchronous twin of boto3's client, at the same one method."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from time import time_ns
from typing import Any

from baserun._guard import guarded
from baserun.instrumentation._calls import Call, active
from baserun.instrumentation.libraries.botocore import (
    MARK,
    BedrockExchange,
    begin,
    event_copy,
    failed,
    take_answer,
    until_left,
)


def install(module: Any) -> None:
    """Watch aiobotocore's clients."""
    original = module.AioBaseClient._make_api_call
    if hasattr(original, MARK):
        return

    @functools.wraps(original)
    async def make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        exchange = begin(self, operation_name, api_params)
        if exchange is None:
            return await original(self, operation_name, api_params)
        # The transport beneath is one that is watched as well: what it does is part of this call.
        call = Call("aiobotocore", None, None)
        call.busy = True
        token = active.set(call)
        try:
            answer = await original(self, operation_name, api_params)
        except BaseException as error:
            failed(exchange, error)
            raise
        finally:
            active.reset(token)
        with guarded("aiobotocore.answered"):
            take_answer(exchange, answer, _watch_body, _watch_events)
        return answer

    setattr(make_api_call, MARK, True)
    module.AioBaseClient._make_api_call = make_api_call


def _watch_events(exchange: BedrockExchange, stream: Any) -> None:
    """Note each event as the application reads it."""
    parse, close, events = stream._parse_event, stream.close, stream._event_generator

    async def parse_noted(event: Any) -> Any:
        parsed = await parse(event)
        with guarded("aiobotocore.event"):
            exchange.first_chunk_ns = exchange.first_chunk_ns or time_ns()
            exchange.events.append(event_copy(parsed))
        return parsed

    async def watched() -> AsyncIterator[Any]:
        try:
            async for event in events:
                yield event
        except GeneratorExit:
            raise
        except BaseException as error:
            cancelled = type(error).__name__ == "CancelledError"
            exchange.stream_ended("cancelled" if cancelled else "error", error)
            raise
        exchange.stream_ended("exhausted")

    stream._parse_event = parse_noted
    stream._event_generator = watched()
    stream.close = _noting_close(exchange, close)
    until_left(exchange, stream)


def _watch_body(exchange: BedrockExchange, body: Any) -> None:
    """Note each piece of the body as the application reads it."""
    read, readinto = body.read, body.readinto

    async def read_noted(amt: int | None = None) -> bytes:
        piece = await read(amt)
        with guarded("aiobotocore.body"):
            if piece:
                exchange.events.append(piece)
            if not piece or amt is None or amt < 0:
                exchange.stream_ended("exhausted")
        return piece

    async def readinto_noted(buffer: Any) -> int:
        count = await readinto(buffer)
        with guarded("aiobotocore.body"):
            if count:
                exchange.events.append(bytes(memoryview(buffer)[:count]))
            else:
                exchange.stream_ended("exhausted")
        return count

    body.read, body.readinto = read_noted, readinto_noted
    for name in ("close", "aclose"):
        close = getattr(body, name, None)
        if close is not None:
            setattr(body, name, _noting_close(exchange, close))
    until_left(exchange, body)


def _noting_close(exchange: BedrockExchange, close: Any) -> Any:
    def close_noted() -> Any:
        try:
            return close()
        finally:
            exchange.stream_ended("closed")

    return close_noted
