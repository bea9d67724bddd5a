"""FastAPI, Starlette, Litestar and every other ASGI application.

app.add_middleware(BaserunMiddleware, user="header:x-user-id", session="cookie:session_id")
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from baserun.context._propagation import lower_headers
from baserun.context._scope import restored
from baserun.integrations._incoming import Incoming, Reader, Source

App = Callable[[Any, Any, Any], Awaitable[None]]


class BaserunMiddleware:
    """Everything that a request does belongs to the user and session that it names, streamed answers included."""

    def __init__(self, app: App, user: Source = None, session: Source = None) -> None:
        self.app = app
        self._reader = Reader(user, session)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve a request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        incoming = Incoming(
            lower_headers(scope["headers"]),
            scope.get("path", ""),
            scope.get("query_string", b"").decode("latin-1"),
            scope,
        )
        with restored(self._reader.scope(incoming)):
            await self.app(scope, receive, send)
