"""Bounds of a body at an address of the API: its size and its depth, before anything reads it as JSON.

OTLP has bounds of its own (`collector/otlp_http.py`), larger ones, and is checked where it is read.
"""

import asyncio
import re

from starlette.datastructures import Headers as RequestHeaders

from ... import limits
from ...errors import BadRequest, Refused, TooLarge
from .faults import fault_response
from .shell import App, Message, Receive, Scope, Send

WITHOUT_BODY = {"GET", "HEAD", "OPTIONS"}
OTLP = ("/v1/traces", "/v1/logs", "/v1/metrics")
TOKEN = re.compile(rb'"(?:[^"\\]+|\\[\s\S])*"?|[\[\]{}]')
"""A text of JSON, whole or cut off, or a bracket outside of one."""
OPENING = (b"[", b"{")
THREAD_BYTES = 64 << 10
"""Bodies above this size are looked through beside the event loop."""


class Bounds:
    """Refuses a body that is too large or too deep, and hands on the others whole."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http" or scope["method"] in WITHOUT_BODY or _is_otlp(scope):
            await self.app(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
            if body is None:
                return
            await _check_depth(body)
        except Refused as refused:
            await fault_response(refused)(scope, receive, send)
            return
        given = False

        async def receive_again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, receive_again, send)


def is_deeper(body: bytes, levels: int) -> bool:
    """Whether lists and objects are nested deeper than that; in time proportional to the size, without recursion."""
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    depth = 0
    for found in TOKEN.finditer(body):
        token = found[0]
        if token in OPENING:
            depth += 1
            if depth > levels:
                return True
        elif token[:1] != b'"':
            depth -= 1
    return False


def _is_otlp(scope: Scope) -> bool:
    return scope["method"] == "POST" and scope["path"].endswith(OTLP)


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, None where the client went away; raises `TooLarge` before more than the limit is held."""
    announced = RequestHeaders(scope=scope).get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > limits.API_BODY_BYTES:
        raise _too_large()
    parts, size_bytes = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size_bytes += len(part)
        if size_bytes > limits.API_BODY_BYTES:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _check_depth(body: bytes) -> None:
    if len(body) > THREAD_BYTES:
        too_deep = await asyncio.to_thread(is_deeper, body, limits.DEPTH)
    else:
        too_deep = is_deeper(body, limits.DEPTH)
    if too_deep:
        raise BadRequest(
            f"the body nests lists and objects deeper than `{limits.DEPTH}` levels",
            hint="send flatter values, or a structure as a text",
            code="too_deep",
        )


def _too_large() -> TooLarge:
    return TooLarge(
        f"the body is larger than `{limits.API_BODY_BYTES}` bytes",
        hint="send less at a time; telemetry goes to `/v1/traces` and `/v1/logs`",
    )
