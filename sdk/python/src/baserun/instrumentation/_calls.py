"""One call of the application is one span, however often its client asks: the call is a frame around the attempts.

A client's central request method is wrapped so that everything the transport sees inside belongs to one exchange. Where
a client has no such method, each request that the transport recognises is a call of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from baserun import _config
from baserun._guard import report
from baserun.instrumentation._exchange import Exchange, open_exchanges


class Call:
    """A call in progress: `exchange` is there once the transport has recognised its request."""

    __slots__ = ("client", "exchange", "library", "options")

    def __init__(self, library: str, client: Any, options: Any) -> None:
        self.library = library
        self.client = client
        self.options = options
        self.exchange: Exchange | None = None

    def failed(self, error: BaseException) -> None:
        """Record the call as failed."""
        exchange = self.exchange
        if exchange is None or exchange.recorded:
            return
        try:
            if exchange.error is None or exchange.ended != "error":
                exchange.error = error
            exchange.finish()
        except Exception as fault:
            report("call.failed", fault)

    def done(self) -> None:
        """Record the call, unless its answer is still being streamed: then the end of the stream does."""
        exchange = self.exchange
        if exchange is None or exchange.recorded:
            return
        try:
            exchange.returned = True
            if not exchange.streaming or exchange.ended:
                exchange.finish()
            else:
                open_exchanges.add(exchange)
        except Exception as fault:
            report("call.done", fault)


active: ContextVar[Call | None] = ContextVar("baserun_call", default=None)


def around(original: Callable[..., Any], library: str) -> Callable[..., Any]:
    """Wrap a client's synchronous request method."""

    @functools.wraps(original)
    def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        if active.get() is not None or not _config.is_recording():
            return original(self, *args, **kwargs)
        call = Call(library, self, args)
        token = active.set(call)
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            call.failed(error)
            raise
        finally:
            active.reset(token)
        call.done()
        return result

    return request


def around_async(original: Callable[..., Any], library: str) -> Callable[..., Any]:
    """Wrap a client's asynchronous request method."""

    @functools.wraps(original)
    async def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        if active.get() is not None or not _config.is_recording():
            return await original(self, *args, **kwargs)
        call = Call(library, self, args)
        token = active.set(call)
        try:
            result = await original(self, *args, **kwargs)
        except BaseException as error:
            call.failed(error)
            raise
        finally:
            active.reset(token)
        call.done()
        return result

    return request
