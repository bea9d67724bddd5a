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
from baserun.instrumentation import _exchange
from baserun.instrumentation._calls import Call, active, identify_call
from baserun.instrumentation._exchange import MAX_CAPTURED_BYTES, Exchange
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
        call = _begin(request)
        if call is None:
            return original(self, request, *args, **kwargs)
        exchange: Any = call.exchange
        token = active.set(call)
        call.busy = True
        try:
            response = original(self, request, *args, **kwargs)
        except BaseException as error:
            _failed(exchange, error)
            raise
        finally:
            call.busy = False
            active.reset(token)
        _answered(exchange, response, stream_class)
        return response

    return send


def _send_async(original: Any, stream_class: Any) -> Any:
    @functools.wraps(original)
    async def send(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        call = _begin(request)
        if call is None:
            return await original(self, request, *args, **kwargs)
        exchange: Any = call.exchange
        token = active.set(call)
        call.busy = True
        try:
            response = await original(self, request, *args, **kwargs)
        except BaseException as error:
            _failed(exchange, error)
            raise
        finally:
            call.busy = False
            active.reset(token)
        _answered(exchange, response, stream_class)
        return response

    return send


def _begin(request: Any) -> Call | None:
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
            exchange = call.exchange = _exchange.begin("")
            exchange.returned = True
            identify_call(exchange, None)
        elif call.busy:
            return None
        elif call.exchange is not None:
            exchange = call.exchange
            exchange.begin_attempt()
        else:
            exchange = call.exchange = _exchange.begin(call.library)
            identify_call(exchange, call.client)
        exchange.url = url
        body = getattr(request, "_content", None)
        if body is None:
            exchange.options = call.options
        exchange.request_body = body
        return call
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
                _exchange.open_exchanges.add(exchange)
    except Exception as error:
        report("transport.answered", error)


def _stream_classes(module: Any) -> tuple[Any, Any]:
    """Make the two stream classes on the module's own base classes, which its responses insist on."""

    class RecordedStream(module.SyncByteStream):
        """A stream that is passed on as it is, with each chunk noted."""

        def __init__(self, stream: Any, exchange: Exchange) -> None:
            self._stream = stream
            self._exchange = exchange

        def __iter__(self) -> Any:
            exchange = self._exchange
            append = exchange.chunks.append if exchange.chunks is not None else _ignore
            taken = 0
            try:
                for chunk in self._stream:
                    if not taken:
                        exchange.first_chunk_ns = time_ns()
                    taken += len(chunk) or 1
                    if taken <= MAX_CAPTURED_BYTES:
                        append(chunk)
                    yield chunk
            except GeneratorExit:
                _ended(exchange, "closed")
                raise
            except BaseException as error:
                _ended(exchange, "error", error)
                raise
            _ended(exchange, "exhausted")

        def close(self) -> None:
            try:
                self._stream.close()
            finally:
                _ended(self._exchange, "closed")

        def __del__(self) -> None:
            # Abandoned and never closed, as happens when a task is cancelled in a loop over it.
            _ended(self._exchange, "closed")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.__dict__["_stream"], name)

    class RecordedAsyncStream(module.AsyncByteStream):
        """The same for asynchronous code."""

        def __init__(self, stream: Any, exchange: Exchange) -> None:
            self._stream = stream
            self._exchange = exchange

        async def __aiter__(self) -> Any:
            exchange = self._exchange
            append = exchange.chunks.append if exchange.chunks is not None else _ignore
            taken = 0
            stream = self._stream.__aiter__()
            try:
                async for chunk in stream:
                    if not taken:
                        exchange.first_chunk_ns = time_ns()
                    taken += len(chunk) or 1
                    if taken <= MAX_CAPTURED_BYTES:
                        append(chunk)
                    yield chunk
            except GeneratorExit:
                _ended(exchange, "closed")
                raise
            except BaseException as error:
                cancelled = type(error).__name__ in ("CancelledError", "Cancelled")
                _ended(exchange, "cancelled" if cancelled else "error", error)
                raise
            finally:
                if isinstance(stream, AsyncGenerator):
                    await stream.aclose()
            _ended(exchange, "exhausted")

        async def aclose(self) -> None:
            try:
                await self._stream.aclose()
            finally:
                _ended(self._exchange, "closed")

        def __del__(self) -> None:
            # Abandoned and never closed, as happens when a task is cancelled in a loop over it.
            _ended(self._exchange, "closed")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.__dict__["_stream"], name)

    return RecordedStream, RecordedAsyncStream


def _ended(exchange: Exchange, how: str, error: BaseException | None = None) -> None:
    try:
        exchange.stream_ended(how, error)
    except Exception as fault:
        report("transport.ended", fault)


def _ignore(_: bytes) -> None:
    return None
