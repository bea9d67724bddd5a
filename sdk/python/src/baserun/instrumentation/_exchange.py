"""One call of the application to a provider: what went over the wire, held as it was until our thread reads it.

The caller's thread only keeps references to bytes that exist already and notes times; everything else is
reading, on our thread (`_reading.py`).
"""

from __future__ import annotations

import time
import weakref
from typing import Any

from baserun import _config
from baserun.context import _scope
from baserun.context._ids import new_span_id, new_trace_id
from baserun.context._scope import Scope, parent_of
from baserun.recording._span import RECORD_OVERHEAD_BYTES, Span

MAX_CAPTURED_BYTES = 16_000_000
"""Of one answer; a longer one is recorded up to here."""

open_exchanges: weakref.WeakSet[Exchange] = weakref.WeakSet()
"""Streams that nobody has finished: at shutdown they are recorded as far as they got."""


class Exchange:
    """A call of the application: one request that counts, the attempts before it, and the answer."""

    __slots__ = (
        "__weakref__",
        "attempts",
        "attributes",
        "chunks",
        "content",
        "content_encoding",
        "content_type",
        "dropped",
        "end_ns",
        "ended",
        "error",
        "first_chunk_ns",
        "headers",
        "host",
        "library",
        "options",
        "parent_span_id",
        "path",
        "port",
        "recorded",
        "request_body",
        "returned",
        "scope",
        "span_id",
        "start_ns",
        "status_code",
        "streaming",
        "trace_id",
        "url",
    )

    signal = "spans"

    def __init__(self, scope: Scope, library: str) -> None:
        parent = parent_of(scope)
        if parent is None:
            self.trace_id = new_trace_id()
            self.parent_span_id: str | None = None
        else:
            self.trace_id = parent.trace_id
            self.parent_span_id = parent.span_id
            if _scope.foreign_spans:
                _scope.recent_parents.append(parent.span_id)
        self.span_id = new_span_id()
        self.scope = scope
        self.library = library
        self.start_ns = time.time_ns()
        self.end_ns = 0
        self.url: Any = None
        """The client's own URL object, else `host`, `port` and `path`: taking it apart is left to our thread."""
        self.host = ""
        self.port: int | None = None
        self.path = ""
        self.request_body: bytes | None = None
        self.options: Any = None
        """The client's own idea of the request, where its body is no JSON (an upload)."""
        self.attempts: list[tuple[int, int, str]] = []
        """Attempts before this one: when each failed, its status (0 without an answer) and its error."""
        self.status_code = 0
        self.headers: Any = None
        """Of the answer, as the client holds them."""
        self.content_type = ""
        self.content_encoding = ""
        self.content: bytes | None = None
        """The answer, decompressed, where it was read at once."""
        self.chunks: list[bytes] | None = None
        """The answer as it came over the wire, where it was streamed."""
        self.streaming = False
        self.first_chunk_ns = 0
        self.ended = ""
        """How a stream ended: `exhausted`, `closed`, `cancelled`, `error`."""
        self.error: BaseException | None = None
        self.attributes: dict[str, Any] | None = None
        self.returned = False
        self.recorded = False
        self.dropped = False

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it holds."""
        size = RECORD_OVERHEAD_BYTES
        if self.request_body is not None:
            size += len(self.request_body)
        if self.content is not None:
            size += len(self.content)
        elif self.chunks is not None:
            size += 64 * len(self.chunks) + sum(map(len, self.chunks))
        return size

    def drop_content(self) -> None:
        """Let go of the request; the answer is kept, for it holds usage and model, until it is read."""
        self.request_body = None
        self.options = None
        self.dropped = True

    def to_record(self) -> Span | None:
        """Read the call into a span; how is its subclass's affair."""
        raise NotImplementedError

    def locate(self) -> None:
        """Take URL and headers apart."""
        if self.url is not None:
            self.host, self.port, self.path = self.url.host, self.url.port, self.url.raw_path.decode("ascii", "replace")
        if self.headers is not None:
            self.content_type = self.headers.get("content-type") or ""
            # Of a transport without `url` (aiohttp) the bytes come decompressed.
            self.content_encoding = self.headers.get("content-encoding") or "" if self.url is not None else ""

    def begin_attempt(self) -> None:
        """Start again: the attempt before failed."""
        self.attempts.append((time.time_ns(), self.status_code, type(self.error).__name__ if self.error else ""))
        self.status_code = 0
        self.content = None
        self.chunks = None
        self.error = None
        self.ended = ""
        self.first_chunk_ns = 0

    def finish(self) -> None:
        """Hand the call over for recording, once."""
        if self.recorded:
            return
        self.recorded = True
        self.end_ns = self.end_ns or time.time_ns()
        # Tracebacks would keep the application's frames alive; our thread needs the class and the text only.
        if self.error is not None:
            self.error = _without_traceback(self.error)
        _config.record(self)

    def stream_ended(self, how: str, error: BaseException | None = None) -> None:
        """Note how the stream ended. Recorded at once if the call has returned, else when it does."""
        if not self.ended:
            self.ended = how
            self.end_ns = time.time_ns()
            if error is not None:
                self.error = error
        if self.returned:
            self.finish()


class Failure(Exception):
    """What is kept of an application's exception: the name of its class and its text."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


def _without_traceback(error: BaseException) -> Failure:
    try:
        text = str(error)[:4_096]
    except Exception:
        text = ""
    return Failure(type(error).__name__, text)


def finish_open() -> None:
    """Record the streams that are still open, as far as they got."""
    for exchange in _still_open():
        if not exchange.recorded and exchange.streaming:
            exchange.ended = exchange.ended or "closed"
            exchange.finish()


def _still_open() -> list[Exchange]:
    for _ in range(10):
        try:
            return list(open_exchanges)
        except RuntimeError:  # another thread has just opened one
            continue
    return []
