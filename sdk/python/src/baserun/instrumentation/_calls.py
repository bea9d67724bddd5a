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
from baserun.context._identity import clean_id
from baserun.context._scope import Scope, current
from baserun.instrumentation._exchange import Exchange, open_exchanges
from baserun.recording import _attributes as names
from baserun.recording._span import Span


class HttpExchange(Exchange):
    """A call that went over HTTP, as nearly all do: its bytes are read by the format that its address tells."""

    __slots__ = ()

    def to_record(self) -> Span | None:
        """Read what went over the wire into a span."""
        from baserun.instrumentation._reading import read

        return read(self, _config.state.settings.capture_content)


def begin(library: str) -> HttpExchange:
    """Begin a call in the scope of the running code."""
    return HttpExchange(current.get(), library)


class Call:
    """A call in progress: `with call:` around what makes it. `exchange` is there once the transport recognises it."""

    __slots__ = ("_token", "busy", "client", "exchange", "library", "options")

    def __init__(self, library: str, client: Any, options: Any) -> None:
        self.library = library
        self.client = client
        self.options = options
        self.exchange: Exchange | None = None
        self.busy = False
        """Whether a transport is at work: another one beneath it is part of the same attempt."""

    def __enter__(self) -> None:
        self._token = active.set(self)

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            self._failed(error)
        active.reset(self._token)

    def _failed(self, error: BaseException) -> None:
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


class Told:
    """What a library above the client knows of a call: its session, its user, and the field that held the user."""

    __slots__ = ("session", "user", "user_field")

    def __init__(self, session: Any = None, user: str | None = None, user_field: str | None = None) -> None:
        self.session = session
        self.user = user
        self.user_field = user_field


told: ContextVar[Told | None] = ContextVar("baserun_told", default=None)


def identify_call(exchange: Exchange, client: Any) -> None:
    """Give a call what its client and the libraries above it say of session and user; the application's word stands."""
    if hasattr(client, "_baserun_trace_id"):
        from baserun.older._client import apply_client

        apply_client(client, exchange)
    known = told.get()
    if known is None:
        return
    around: Scope = exchange.scope
    if known.session and around.session_id is None:
        session_id = clean_id(known.session, "session")
        exchange.scope = Scope(session_id, around.user_id, around.span, around.trace, around.session, around.step)
    if known.user:
        noted = {names.PROVIDER_USER: known.user[:1_024], names.PROVIDER_USER_FIELD: known.user_field}
        exchange.attributes = {**noted, **(exchange.attributes or {})}


def around(original: Callable[..., Any], library: str) -> Callable[..., Any]:
    """Wrap a client's synchronous request method."""

    @functools.wraps(original)
    def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        if active.get() is not None or not _config.is_recording():
            return original(self, *args, **kwargs)
        call = Call(library, self, (*args, *kwargs.values()))
        with call:
            result = original(self, *args, **kwargs)
        call.done()
        return result

    return request


def around_async(original: Callable[..., Any], library: str) -> Callable[..., Any]:
    """Wrap a client's asynchronous request method."""

    @functools.wraps(original)
    async def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        if active.get() is not None or not _config.is_recording():
            return await original(self, *args, **kwargs)
        call = Call(library, self, (*args, *kwargs.values()))
        with call:
            result = await original(self, *args, **kwargs)
        call.done()
        return result

    return request
