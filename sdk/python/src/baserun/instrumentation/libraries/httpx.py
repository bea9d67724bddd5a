"""What goes through httpx and httpx2, the transports of nearly every provider's client: seen, never touched.

`Client.send` is wrapped, so that any transport that the application gave its client is seen as well. A plain answer is
there as bytes when `send` returns; a streamed one gets a stream around its own that notes each chunk as it passes.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator
from time import time_ns
from typing import Any

from baserun import _config
from baserun._guard import report
from baserun.instrumentation._calls import Call, active, begin, identify_call
from baserun.instrumentation._exchange import MAX_CAPTURED_BYTES, Exchange, open_exchanges
from baserun.instrumentation.wires import may_be_model_call

MARK = "_baserun_original"


def install(module: Any) -> None:
    """Watch the clients of a module that is httpx or httpx2."""
    stream_class, async_stream_class = _stream_classes(module)
    _wrap(module.Client, _send(module.Client.send, stream_class))
    _wrap(module.AsyncClient, _send_async(module.AsyncClient.send, async_stream_class))


def uninstall(module: Any) -> None:
    """Leave the clients as they were."""
    for client in (module.Client, module.AsyncClient):
        original = getattr(client.send, MARK, None)
        if original is not None:
            client.send = original


def _wrap(client: Any, wrapped: Any) -> None:
    if not hasattr(client.send, MARK):
        setattr(wrapped, MARK, client.send)
        client.send = wrapped


def _send(original: Any, stream_class: Any) -> Any:
    @functools.wraps(original)
    def send(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        attempt = _begin(request)
        if attempt is None:
            return original(self, request, *args, **kwargs)
        with attempt:
            response = original(self, request, *args, **kwargs)
        _answered(attempt.exchange, response, stream_class)
        return response

    return send


def _send_async(original: Any, stream_class: Any) -> Any:
    @functools.wraps(original)
    async def send(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        attempt = _begin(request)
        if attempt is None:
            return await original(self, request, *args, **kwargs)
        with attempt:
            response = await original(self, request, *args, **kwargs)
        _answered(attempt.exchange, response, stream_class)
        return response

    return send


class _Attempt:
    """One attempt of a call, while the client waits for its answer: transports beneath it keep quiet."""

    __slots__ = ("_call", "_token", "exchange")

    def __init__(self, call: Call, exchange: Exchange) -> None:
        self._call = call
        self.exchange = exchange

    def __enter__(self) -> None:
        self._token = active.set(self._call)
        self._call.busy = True

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            _failed(self.exchange, error)
        self._call.busy = False
        active.reset(self._token)


def _begin(request: Any) -> _Attempt | None:
    """Begin an exchange, or the next attempt of the one around; None for what is no model call."""
    try:
        if request.method != "POST" or not _config.is_recording():
            _propagate(request)
            return None
        url = request.url
        path = url.raw_path
        if not may_be_model_call(path):
            _propagate(request)
            return None
        call = active.get()
        if call is None:
            call = Call("", None, None)
            exchange = call.exchange = begin("")
            exchange.returned = True
            identify_call(exchange, None)
        elif call.busy:
            return None
        elif call.exchange is not None:
            exchange = call.exchange
            exchange.begin_attempt()
        else:
            exchange = call.exchange = begin(call.library)
            identify_call(exchange, call.client)
        exchange.url = url
        body = getattr(request, "_content", None)
        if body is None:
            exchange.options = call.options
        exchange.request_body = body
        return _Attempt(call, exchange)
    except Exception as error:
        report("transport.begin", error)
        return None


def _propagate(request: Any) -> None:
    """Let session and user travel with a request to a service of the application's own, where it asked for that."""
    if _config.state.settings.propagate:
        from baserun.context._propagation import goes_to, inject

        if goes_to(request.url.host):
            inject(request.headers)


def _failed(exchange: Exchange, error: BaseException) -> None:
    try:
        exchange.error = error
        if exchange.returned:
            exchange.finish()
    except Exception as fault:
        report("transport.failed", fault)


def _answered(exchange: Exchange, response: Any, stream_class: Any) -> None:
    try:
        exchange.status_code = response.status_code
        exchange.headers = response.headers
        if response.is_closed:
            exchange.content = response.content
            exchange.first_chunk_ns = time_ns()
            exchange.streaming = False
            if exchange.returned:
                exchange.finish()
        else:
            exchange.streaming = True
            exchange.chunks = []
            response.stream = stream_class(response.stream, exchange)
            if exchange.returned:
                open_exchanges.add(exchange)
    except Exception as error:
        report("transport.answered", error)


def _stream_classes(module: Any) -> tuple[Any, Any]:
    """Make the two stream classes on the module's own base classes, which its responses insist on."""

    class RecordedStream(_Recorded, module.SyncByteStream):
        """A stream that is passed on as it is, with each chunk noted."""

        def __iter__(self) -> Any:
            try:
                for chunk in self._stream:
                    self._note(chunk)
                    yield chunk
            except BaseException as error:
                self._note_left(error)
                raise
            _ended(self._exchange, "exhausted")

        def close(self) -> None:
            try:
                self._stream.close()
            finally:
                _ended(self._exchange, "closed")

    class RecordedAsyncStream(_Recorded, module.AsyncByteStream):
        """The same for asynchronous code."""

        async def __aiter__(self) -> Any:
            stream = self._stream.__aiter__()
            try:
                async for chunk in stream:
                    self._note(chunk)
                    yield chunk
            except BaseException as error:
                self._note_left(error)
                raise
            finally:
                if isinstance(stream, AsyncGenerator):
                    await stream.aclose()
            _ended(self._exchange, "exhausted")

        async def aclose(self) -> None:
            try:
                await self._stream.aclose()
            finally:
                _ended(self._exchange, "closed")

    return RecordedStream, RecordedAsyncStream


class _Recorded:
    """What both kinds of stream do: note what passes and how it ends, and be the client's own stream in all else."""

    def __init__(self, stream: Any, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange
        self._chunks = exchange.chunks if exchange.chunks is not None else []
        """Of this attempt: another one starts a list of its own."""
        self._taken = 0

    def _note(self, chunk: bytes) -> None:
        if not self._taken:
            self._exchange.first_chunk_ns = time_ns()
        self._taken += len(chunk) or 1
        if self._taken <= MAX_CAPTURED_BYTES:
            self._chunks.append(chunk)

    def _note_left(self, error: BaseException) -> None:
        if isinstance(error, GeneratorExit):
            _ended(self._exchange, "closed")
        else:
            cancelled = type(error).__name__ in ("CancelledError", "Cancelled")
            _ended(self._exchange, "cancelled" if cancelled else "error", error)

    def __del__(self) -> None:
        # Abandoned and never closed, as happens when a task is cancelled in a loop over it.
        _ended(self._exchange, "closed")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)


def _ended(exchange: Exchange, how: str, error: BaseException | None = None) -> None:
    try:
        exchange.stream_ended(how, error)
    except Exception as fault:
        report("transport.ended", fault)
