"""What stands around every answer: who may ask, the headers that keep pages safe, and how long it took.

Plain ASGI, outermost first: `Headers` → `Gate` → `Bounds` (`bounds.py`) → `Encoded` → `StopWhenGone` → the routes.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders

from ...errors import Forbidden, Refused
from ...settings import Settings
from ..auth import Keys
from .faults import fault_response

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "media-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SAFETY = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # addresses hold ids
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Headers:
    """Adds the safety headers to every answer, and `Server-Timing` to those of the API."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        state = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFETY.items():
                    headers[name] = value
                if "timings_ms" in state:
                    total = {"total": (time.perf_counter() - began) * 1_000}
                    timings = {**state["timings_ms"], **total}
                    headers["server-timing"] = ", ".join(f"{name};dur={ms:.1f}" for name, ms in timings.items())
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Gate:
    """Refuses requests that another site made a browser send, and requests without a key where keys are needed.

    A server on a loopback address has no keys; there a page of another site could reach it by rebinding its own name
    to this address (refused by `Host`), or by simply sending a request (refused by `Origin`).
    """

    def __init__(self, app: App, settings: Settings, keys: Keys) -> None:
        self.app = app
        self.keys = keys
        self.local_names = {"localhost", "127.0.0.1", "::1", settings.host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = RequestHeaders(scope=scope)
        try:
            if self.keys.open:
                self._check_site(headers)
            if scope["path"].startswith("/api/v1/"):
                scope["state"]["project_id"] = self.keys.admit(headers, client_of(scope))
        except Refused as refused:
            await fault_response(refused)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check_site(self, headers: RequestHeaders) -> None:
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        if name not in self.local_names and not name.endswith(".localhost"):
            hint = "use `localhost`; to serve under a name, listen on another address and set keys"
            raise Forbidden(
                f"this server does not answer under the name `{host[:200]}`", hint=hint, code="foreign_host"
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            raise Forbidden(f"pages of `{origin[:200]}` may not use this server", code="foreign_origin")


def client_of(scope: Scope) -> str:
    """The address that a request came from."""
    client = scope.get("client")
    return client[0] if client else ""


class Encoded:
    """Routes the API by the address as it was sent, percent-encoded, so that an id may hold `/` and `%`.

    The parameters of a path are decoded where they are read (`parameters.Id`).
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on under the encoded path."""
        if scope["type"] == "http" and scope["path"].startswith("/api/v1/"):
            sent = scope.get("raw_path")
            path = sent.decode("latin-1").partition("?")[0] if sent else quote(scope["path"])
            scope = {**scope, "path": path}
        await self.app(scope, receive, send)


class StopWhenGone:
    """Stops the work for a question whose asker has gone away."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or give up."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/v1/"):
            await self.app(scope, receive, send)
            return
        answering = asyncio.ensure_future(self.app(scope, _nothing, send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
        finally:
            gone.cancel()
            if not answering.done():
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
