"""From the application's threads to the server, without the application ever waiting.

record() ─► waiting (deque) ─► writer thread: read, redact, write ─► buffer ─► sender thread: gzip, POST, retry

The writer never touches the network, so the raw queue stays short however slow the server is; the buffer of written
records is what grows in an outage, and it is bounded by count and by bytes: first the oldest content goes, then the
oldest records, and both losses are counted and reported. Threads start with the first record of a process, a forked one
included. `record()` takes no lock: it can be called by a finaliser inside any other call, its own included.
"""

from __future__ import annotations

import random
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from baserun import _attributes as names
from baserun import _otlp
from baserun._context import NOWHERE
from baserun._guard import logger, report, warn_once
from baserun._http import Answer, Connection
from baserun._otlp import Written
from baserun._span import LogRecord, Span

WRITE_INTERVAL_SECONDS = 0.25
"""How long records gather before they are written: a call shows within a second, and a busy process wakes us rarely."""
BATCH_RECORDS = 512
BATCH_BYTES = 2_000_000
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
LONGEST_RETRY_AFTER_SECONDS = 300.0
LOSS_REPORT_SECONDS = 10.0


class Record(Protocol):
    """What can be recorded: a span, a log record, or an exchange with a provider that becomes a span on our thread."""

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it holds."""
        ...

    def drop_content(self) -> None:
        """Let go of the content; the structure stays."""
        ...

    def to_record(self) -> Span | LogRecord | None:
        """Return what is written on the wire, or None if there is nothing worth it."""
        ...


class Bounds:
    """How much may wait, and how long an exit may take."""

    __slots__ = ("max_content_bytes", "max_queue_bytes", "max_queue_records", "shutdown_timeout_seconds")

    def __init__(
        self, max_queue_records: int, max_queue_bytes: int, max_content_bytes: int, shutdown_timeout_seconds: float
    ) -> None:
        self.max_queue_records = max_queue_records
        self.max_queue_bytes = max_queue_bytes
        self.max_content_bytes = max_content_bytes
        self.shutdown_timeout_seconds = shutdown_timeout_seconds


class Delivery:
    """The queue and its two threads. `keeps` decides what is sampled; `spool` keeps batches on disk."""

    def __init__(
        self,
        connection: Connection,
        resource: Callable[[], dict[str, Any]],
        version: str,
        bounds: Bounds,
        redact: Callable[[str], str] | None = None,
        keeps: Callable[[Span | LogRecord], bool] | None = None,
        spool: Any = None,
    ) -> None:
        self.connection = connection
        self.bounds = bounds
        self._resource = resource
        self._version = version
        self._redact = redact
        self._keeps = keeps
        self._spool = spool
        self._reset()

    def _reset(self) -> None:
        self._waiting: deque[Record] = deque()
        self._bare: deque[Record] = deque()
        """The oldest of those that wait, without their content."""
        self._waiting_bytes = 0
        self._buffer: deque[Written] = deque()
        self._buffer_bytes = 0
        self._buffer_lock = threading.Lock()
        self._stripped = 0
        """How many records at the old end of the buffer have lost their content already."""
        self._in_flight = 0
        self._writing = False
        self._writer_sleeps = False
        self._writer_signal = _Signal()
        self._sender_signal = _Signal()
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        self._hurry = False
        """Somebody waits for everything to be sent: no gathering, no long pause."""
        self._stopping = False
        self._deadline: float | None = None
        self._failures = 0
        self._next_attempt = 0.0
        self._refused_since_hurry = False
        self._lost_records = 0
        self._lost_contents = 0
        self._lost_reason = ""
        self._loss_reported_at = 0.0

    # -- the application's side ---------------------------------------------------------------------------------------

    def record(self, record: Record) -> None:
        """Take a record. Costs about a microsecond, never waits, never raises."""
        waiting = self._waiting
        waiting.append(record)
        # Two threads may lose an addition here; the writer sets it right each time it has emptied the queue.
        self._waiting_bytes += record.size_bytes
        if (
            self._waiting_bytes > self.bounds.max_queue_bytes
            or len(waiting) + len(self._bare) > self.bounds.max_queue_records
        ):
            self._relieve()
        if self._writer_sleeps:
            self._writer_sleeps = False
            self._writer_signal.set()
        elif not self._threads:
            self._start()

    def flush(self, timeout_seconds: float) -> bool:
        """Send everything recorded until now; say whether the server has acknowledged all of it in time."""
        return self._settle(time.monotonic() + timeout_seconds)

    def shutdown(self, timeout_seconds: float) -> bool:
        """Send what there is within the time given, then stop; what is left goes to the spool, if there is one."""
        deadline = time.monotonic() + timeout_seconds
        self._deadline = deadline
        done = self._settle(deadline, stopping=True)
        self._stopping = True
        self._writer_signal.set()
        self._sender_signal.set()
        if not done and self._spool is not None:
            self._spool_rest()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        if done:
            self.connection.close()
        if done and self._spool is not None:
            self._spool.close()
        return done

    def after_fork(self) -> None:
        """Start afresh in a forked child: what waited is the parent's to send, and its threads do not exist here."""
        self._reset()
        self.connection.forget()
        if self._spool is not None:
            self._spool.forget()

    def lost(self) -> tuple[int, int]:
        """Return how many records and how many contents were lost and not yet reported."""
        return self._lost_records, self._lost_contents

    def _settle(self, deadline: float, stopping: bool = False) -> bool:
        self._refused_since_hurry = False
        self._hurry = True
        try:
            while True:
                if not (self._waiting or self._bare or self._writing or self._buffer or self._in_flight):
                    return True
                if time.monotonic() >= deadline or (stopping and self._refused_since_hurry):
                    return False
                if not self._threads:
                    self._start()
                    if not self._threads:
                        return False
                self._writer_signal.set()
                self._sender_signal.set()
                time.sleep(0.002)
        finally:
            self._hurry = False

    def _start(self) -> None:
        if self._stopping or not self._starting.acquire(blocking=False):
            return
        try:
            if self._threads:
                return
            threads = [
                threading.Thread(target=target, name=name, daemon=True)
                for target, name in ((self._write, "baserun-writer"), (self._send, "baserun-sender"))
            ]
            for thread in threads:
                thread.start()
            self._threads = threads
        except RuntimeError:
            pass  # the interpreter is going down and starts no more threads
        finally:
            self._starting.release()

    def _relieve(self) -> None:
        """Bring the raw queue back into its bound: only when calls come faster than one thread can write them down."""
        bounds = self.bounds
        try:
            while self._waiting_bytes > bounds.max_queue_bytes and self._waiting:
                oldest = self._waiting.popleft()
                before = oldest.size_bytes
                oldest.drop_content()
                self._waiting_bytes += oldest.size_bytes - before
                self._bare.append(oldest)
                self._lost_contents += 1
                self._lost_reason = "queue_bytes"
            while len(self._waiting) + len(self._bare) > bounds.max_queue_records:
                dropped = (self._bare or self._waiting).popleft()
                self._waiting_bytes -= dropped.size_bytes
                self._lost_records += 1
                self._lost_reason = "queue_records"
        except IndexError:
            pass  # the writer was quicker

    # -- the writer ---------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while not self._stopping:
            try:
                if not self._hurry:
                    self._writer_signal.wait(WRITE_INTERVAL_SECONDS)
                self._write_waiting()
                self._report_loss()
                if not self._waiting and not self._hurry:
                    self._writer_sleeps = True
                    if not self._waiting and not self._bare:
                        self._writer_signal.wait(
                            LOSS_REPORT_SECONDS if self._lost_records or self._lost_contents else None
                        )
                    self._writer_sleeps = False
                elif self._hurry and not self._waiting:
                    self._writer_signal.wait(0.01)
            except Exception as error:
                report("writer", error)

    def _write_waiting(self) -> None:
        self._writing = True
        try:
            while True:
                try:
                    waiting = (self._bare or self._waiting).popleft()
                except IndexError:
                    self._waiting_bytes = 0
                    return
                self._waiting_bytes -= waiting.size_bytes
                self._write_one(waiting)
                # Let the application's threads in between two records: writing is ours to wait with, not theirs.
                time.sleep(0)
        finally:
            self._writing = False
            self._sender_signal.set()

    def _write_one(self, waiting: Record) -> None:
        try:
            record = waiting.to_record()
            if record is None or (self._keeps is not None and not self._keeps(record)):
                return
            written = _otlp.write(record, self.bounds.max_content_bytes, self._redact)
        except Exception as error:
            self._lost_records += 1
            self._lost_reason = "unwritable"
            report("writer", error)
            return
        self._put(written)

    def _put(self, written: Written) -> None:
        bounds = self.bounds
        with self._buffer_lock:
            self._buffer.append(written)
            self._buffer_bytes += written.size_bytes
            while self._buffer_bytes > bounds.max_queue_bytes and self._stripped < len(self._buffer):
                oldest = self._buffer[self._stripped]
                self._stripped += 1
                before = oldest.size_bytes
                if oldest.content and oldest.content != oldest.without:
                    oldest.drop_content()
                    self._buffer_bytes += oldest.size_bytes - before
                    self._lost_contents += 1
                    self._lost_reason = "queue_bytes"
            while len(self._buffer) > bounds.max_queue_records or self._buffer_bytes > bounds.max_queue_bytes:
                self._buffer_bytes -= self._buffer.popleft().size_bytes
                self._stripped = max(0, self._stripped - 1)
                self._lost_records += 1
                self._lost_reason = "queue_records"

    def _report_loss(self) -> None:
        if not (self._lost_records or self._lost_contents):
            return
        now = time.monotonic()
        if now - self._loss_reported_at < LOSS_REPORT_SECONDS and not self._stopping:
            return
        self._loss_reported_at = now
        records, self._lost_records = self._lost_records, 0
        contents, self._lost_contents = self._lost_contents, 0
        warn_once(
            "loss",
            "Dropped `%d` records and the content of `%d` (`%s`)\n\n"
            "hint: is the server reachable? `baserun doctor` tells; `init(spool_directory=…)` keeps records on disk",
            records,
            contents,
            self._lost_reason,
        )
        attributes = {
            names.LOSS_SPANS: records,
            names.LOSS_CONTENTS: contents,
            names.LOSS_REASON: self._lost_reason,
        }
        self._put(_otlp.write(LogRecord("baserun.sdk.loss", attributes, NOWHERE), 1_000))

    # -- the sender ---------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        while not self._stopping:
            try:
                pause = self._next_attempt - time.monotonic()
                if pause > 0 and not (self._hurry and not self._refused_since_hurry):
                    self._sender_signal.wait(pause if not self._hurry else min(pause, 0.05))
                    continue
                if self._spool is not None and self._send_spooled():
                    continue
                if not self._send_batch():
                    self._sender_signal.wait(None)
            except Exception as error:
                report("sender", error)
                self._sender_signal.wait(1.0)

    def _send_batch(self) -> bool:
        """Send one batch of the buffer, if there is one; it stays counted against the bounds until it is settled."""
        with self._buffer_lock:
            if not self._buffer:
                return False
            signal = self._buffer[0].signal
            batch: list[Written] = []
            size_bytes = 0
            rest: list[Written] = []
            while self._buffer and len(batch) < BATCH_RECORDS and size_bytes < BATCH_BYTES:
                written = self._buffer.popleft()
                if written.signal == signal:
                    batch.append(written)
                    size_bytes += written.size_bytes
                else:
                    rest.append(written)
            self._buffer.extendleft(reversed(rest))
            self._stripped = max(0, self._stripped - len(batch))
            self._in_flight = len(batch)
        if self._spool is not None:
            self._spool_batch(signal, batch, size_bytes)
            return True
        answer = self._post(signal, _compress(self._body(signal, batch)))
        self._settle_batch(answer, batch, size_bytes)
        return True

    def _body(self, signal: str, batch: list[Written]) -> bytes:
        return _otlp.body(signal, map(str, batch), self._resource(), self._version)

    def _post(self, signal: str, compressed: bytes) -> Answer:
        deadline = self._deadline
        timeout = None if deadline is None else max(0.05, deadline - time.monotonic())
        answer = self.connection.post("/v1/traces" if signal == "spans" else "/v1/logs", compressed, timeout)
        if answer.retryable:
            self._failures += 1
            self._refused_since_hurry = True
            delay = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(self._failures - 1, 10))
            delay *= random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
            if answer.retry_after_seconds is not None:
                delay = max(min(answer.retry_after_seconds, LONGEST_RETRY_AFTER_SECONDS), delay * 0.1)
            self._next_attempt = time.monotonic() + delay
            warn_once(
                f"send:{answer.status}",
                "Cannot deliver to `%s`: %s; records wait and are sent again\n\nhint: %s",
                self.connection.url,
                answer.what,
                answer.hint,
            )
        else:
            self._failures = 0
            self._next_attempt = 0.0
        return answer

    def _settle_batch(self, answer: Answer, batch: list[Written], size_bytes: int) -> None:
        with self._buffer_lock:
            if answer.retryable:
                self._buffer.extendleft(reversed(batch))
                self._stripped = 0
            elif answer.too_large and (len(batch) > 1 or batch[0].content != batch[0].without):
                self._shrink(batch)
            else:
                self._buffer_bytes -= size_bytes
                if not answer.accepted:
                    self._lost_records += len(batch)
                    self._lost_reason = f"http_{answer.status}"
                    logger.warning(
                        "The server refused `%d` records: %s\n\nhint: %s", len(batch), answer.what, answer.hint
                    )
            self._in_flight = 0

    def _shrink(self, batch: list[Written]) -> None:
        """Put a batch that was too large back so that it will be smaller: the longest contents go."""
        longest = max(len(written.content) for written in batch)
        for written in batch:
            if len(written.content) * 2 > longest and written.content != written.without:
                self._buffer_bytes -= written.size_bytes
                written.drop_content()
                self._buffer_bytes += written.size_bytes
                self._lost_contents += 1
                self._lost_reason = "http_413"
        self._buffer.extendleft(reversed(batch))

    # -- the spool ----------------------------------------------------------------------------------------------------

    def _spool_batch(self, signal: str, batch: list[Written], size_bytes: int) -> None:
        kept = self._spool.keep(signal, _compress(self._body(signal, batch)))
        with self._buffer_lock:
            self._buffer_bytes -= size_bytes
            if not kept:
                self._lost_records += len(batch)
                self._lost_reason = "spool_full"
            self._in_flight = 0

    def _send_spooled(self) -> bool:
        """Send the oldest batch on disk, if there is one."""
        with self._buffer_lock:
            entry = self._spool.oldest()
            if entry is None:
                return False
            self._in_flight = 1
        try:
            signal, compressed = self._spool.read(entry)
            answer = self._post(signal, compressed) if compressed else None
            if answer is None or not answer.retryable:
                self._spool.forget_entry(entry)
            if answer is not None and not answer.retryable and not answer.accepted:
                self._lost_records += 1
                self._lost_reason = f"http_{answer.status}"
        finally:
            self._in_flight = 1 if self._spool.oldest() is not None else 0
        return True

    def _spool_rest(self) -> None:
        self._write_waiting()
        while True:
            with self._buffer_lock:
                batch = [written for written in self._buffer if written.signal == self._buffer[0].signal][
                    :BATCH_RECORDS
                ]
                for written in batch:
                    self._buffer.remove(written)
            if not batch:
                break
            self._spool_batch(batch[0].signal, batch, sum(written.size_bytes for written in batch))
        self._spool.close()


class _Signal:
    """A flag that one thread waits for. Made of one C-level lock, so that setting it inside any other call is safe.

    `threading.Event` is written in Python around a lock: a finaliser that sets it while the same thread is inside it
    would wait for itself for ever.
    """

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        try:
            self._lock.release()
        except RuntimeError:
            pass  # set already

    def wait(self, timeout_seconds: float | None) -> bool:
        return self._lock.acquire(timeout=-1 if timeout_seconds is None else timeout_seconds)


def _compress(content: bytes) -> bytes:
    # Level 1: half the processor time of level 6 for a tenth more bytes.
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    return compressor.compress(content) + compressor.flush()
