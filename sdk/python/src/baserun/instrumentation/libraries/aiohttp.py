"""What goes through aiohttp: Google's asynchronous client uses it where it is installed.

An answer's reader gets a subclass of its own class, which notes each piece as it is fed, after decompression; the
application reads it as ever.
"""

from __future__ import annotations

import functools
import weakref
from time import time_ns
from typing import Any

from baserun import _config
from baserun._guard import report
from baserun.instrumentation._calls import active, begin, identify_call
from baserun.instrumentation._exchange import MAX_CAPTURED_BYTES, Exchange, open_exchanges
from baserun.instrumentation.wires import may_be_model_call

MARK = "_baserun_records"


def install(module: Any) -> None:
    """Watch `aiohttp.ClientSession`."""
    original = module.ClientSession._request
    if hasattr(original, MARK):
        return

    @functools.wraps(original)
    async def request(self: Any, method: str, url: Any, **kwargs: Any) -> Any:
        exchange = _begin(self, method, url, kwargs)
        if exchange is None:
            return await original(self, method, url, **kwargs)
        try:
            response = await original(self, method, url, **kwargs)
        except BaseException as error:
            exchange.error = error
            if exchange.returned:
                exchange.finish()
            raise
        _answered(exchange, response)
        return response

    setattr(request, MARK, True)
    module.ClientSession._request = request


def _begin(session: Any, method: str, url: Any, kwargs: dict[str, Any]) -> Exchange | None:
    try:
        call = active.get()
        if method.upper() != "POST" or (call is not None and call.busy) or not _config.is_recording():
            return None
        from yarl import URL

        absolute = session._build_url(url) if hasattr(session, "_build_url") else URL(url)
        if not may_be_model_call(absolute.raw_path.encode()):
            return None
        if call is not None and call.exchange is not None:
            exchange = call.exchange
            exchange.begin_attempt()
        elif call is not None:
            exchange = call.exchange = begin(call.library)
            identify_call(exchange, call.client)
        else:
            exchange = begin("")
            exchange.returned = True
            identify_call(exchange, None)
        exchange.host, exchange.port, exchange.path = absolute.host or "", absolute.port, absolute.raw_path
        exchange.request_body = _body(kwargs)
        return exchange
    except Exception as error:
        report("aiohttp.begin", error)
        return None


def _body(kwargs: dict[str, Any]) -> bytes | None:
    data = kwargs.get("data")
    if isinstance(data, str):
        return data.encode("utf-8", "replace")
    if isinstance(data, (bytes, bytearray)):
        return bytes(data)
    if kwargs.get("json") is not None:
        from baserun.recording._content import to_json

        return to_json(kwargs["json"]).encode("utf-8", "replace")
    return None


def _answered(exchange: Exchange, response: Any) -> None:
    try:
        exchange.status_code = response.status
        exchange.headers = response.headers
        exchange.streaming = True
        chunks: list[bytes] = [bytes(piece) for piece in getattr(response.content, "_buffer", ())]
        exchange.chunks = chunks
        if chunks:
            exchange.first_chunk_ns = time_ns()
        if response.content.is_eof() or getattr(response.content, "_eof", False):
            exchange.stream_ended("exhausted")
            return
        response.content.__class__ = _recording_class(type(response.content), exchange, chunks)
        weakref.finalize(response, exchange.stream_ended, "closed").atexit = False
        open_exchanges.add(exchange)
    except Exception as error:
        report("aiohttp.answered", error)


def _recording_class(reader_class: Any, exchange: Exchange, chunks: list[bytes]) -> Any:
    taken = 0

    class RecordedReader(reader_class):
        __slots__ = ()

        def feed_data(self, data: Any, *args: Any) -> Any:
            nonlocal taken
            if not taken and not exchange.first_chunk_ns:
                exchange.first_chunk_ns = time_ns()
            taken += len(data)
            if taken <= MAX_CAPTURED_BYTES:
                chunks.append(bytes(data))
            return super().feed_data(data, *args)

        def feed_eof(self) -> None:
            super().feed_eof()
            exchange.stream_ended("exhausted")

        def set_exception(self, exc: Any, *args: Any) -> None:
            super().set_exception(exc, *args)
            exchange.stream_ended("error", exc if isinstance(exc, BaseException) else None)

    RecordedReader.__name__ = reader_class.__name__
    return RecordedReader
