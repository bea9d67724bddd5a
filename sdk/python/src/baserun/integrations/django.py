"""Django, in its synchronous and its asynchronous form.

MIDDLEWARE = [..., "baserun.integrations.django.BaserunMiddleware"]
BASERUN = {"user": lambda incoming: incoming.raw.user.pk, "session": "cookie:chat_session"}
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator
from typing import Any

from baserun.context._generators import NO_BLOCK, run_async_generator, run_generator
from baserun.context._propagation import lower_headers
from baserun.context._scope import Scope, restored
from baserun.integrations._incoming import Incoming, Reader


class BaserunMiddleware:
    """Everything that a request does belongs to the user and session that it names.

    The settings `BASERUN["user"]` and `BASERUN["session"]` say where they stand; a function is given the request as
    `incoming.raw`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        from django.conf import settings  # type: ignore[import-not-found]

        self.get_response = get_response
        chosen = getattr(settings, "BASERUN", {})
        self._reader = Reader(chosen.get("user"), chosen.get("session"))
        self._is_async = inspect.iscoroutinefunction(get_response)
        if self._is_async:
            from asgiref.sync import markcoroutinefunction  # type: ignore[import-not-found]

            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """Serve a request."""
        if self._is_async:
            return self._serve(request)
        scope = self._scope(request)
        with restored(scope):
            return _with_streaming(self.get_response(request), scope)

    async def _serve(self, request: Any) -> Any:
        scope = self._scope(request)
        with restored(scope):
            return _with_streaming(await self.get_response(request), scope)

    def _scope(self, request: Any) -> Scope:
        query = request.META.get("QUERY_STRING", "")
        return self._reader.scope(Incoming(lower_headers(request.headers), request.path_info, query, request))


def _with_streaming(response: Any, scope: Scope) -> Any:
    if getattr(response, "streaming", False):
        pieces = response.streaming_content
        if getattr(response, "is_async", False):
            response.streaming_content = run_async_generator(_each_async(pieces), NO_BLOCK, scope)
        else:
            response.streaming_content = run_generator(_each(pieces), NO_BLOCK, scope)
    return response


def _each(pieces: Any) -> Any:
    yield from pieces


async def _each_async(pieces: Any) -> AsyncGenerator[Any, Any]:
    async for piece in pieces:
        yield piece
