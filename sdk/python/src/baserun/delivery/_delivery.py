"""From the application's threads to the server, without the application ever waiting.

record() ─► waiting (deque) ─► writer thread: read, redact, write ─► buffer ─► sender thread: gzip, POST, retry

The writer never touches the network, so the raw queue stays short however slow the server is; the buffer of written
records is what grows in an outage, and it is bounded. Where the application leaves the writer no time, who adds to a
long queue writes some of it himself. Threads start with the first record of a process, a forked one included.
`record()` takes no lock: it can be called by a finaliser inside any other call, its own included.
"""

from __future__ import annotations

import random
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from baserun._guard import logger, report, warn_once
from baserun.context._scope import NOWHERE
from baserun.delivery._buffer import Batch, Buffer, Loss
from baserun.delivery._http import Answer, Connection
from baserun.recording import _attributes as names
from baserun.recording import _otlp
from baserun.recording._span import LogRecord, Span

WRITE_INTERVAL_SECONDS = 0.25
"""How long records gather before they are written: a call shows within a second, and a busy process wakes us rarely."""
TURN_SECONDS = 0.0003
"""How long the writer works before it steps aside: stepping aside costs 18 µs, as much as a third of a record."""
BACKLOG_RECORDS = 250
"""How many may wait before the writer no longer steps aside for the application's threads."""
SHARED_RECORDS = 1_000
"""How many may wait behind a writer at work before whoever adds another writes some of them himself."""
SHARED_AT_ONCE = 2
"""One more than was added, so that the backlog falls."""
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
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
    """How much may wait, of how much size."""

    __slots__ = ("max_content_bytes", "max_queue_bytes", "max_queue_records")

    def __init__(self, max_queue_records: int, max_queue_bytes: int, max_content_bytes: int) -> None:
        self.max_queue_records = max_queue_records
        self.max_queue_bytes = max_queue_bytes
        self.max_content_bytes = max_content_bytes


class Delivery:
    """The queue and its two threads. `keeps` decides what is sampled; `spool` is a folder for batches and its bound."""

    def __init__(
        self,
        connection: Connection,
        resource: Callable[[], dict[str, Any]],
        version: str,
        bounds: Bounds,
        redact: Callable[[str], str] | None = None,
        keeps: Callable[[Span | LogRecord], bool] | None = None,
        spool: tuple[str, int] | None = None,
    ) -> None:
        self.connection = connection
        self.bounds = bounds
        self._resource = resource
        self._version = version
        self._redact = redact
        self._keeps = keeps
        self._spool_place = spool
        self._reset()
        if self._spool is not None and self._spool.has_leftovers():
            self._start()

    def _reset(self) -> None:
        self.loss = Loss()
        self._waiting: deque[Record] = deque()
        self._bare: deque[Record] = deque()
        """The oldest of those that wait, without their content."""
        self._waiting_bytes = 0
        self._buffer = Buffer(self.bounds.max_queue_records, self.bounds.max_queue_bytes, self.loss)
        self._spool = None
        if self._spool_place is not None:
            from baserun.delivery._spool import Spool

            self._spool = Spool(*self._spool_place, self.loss)
        self._writing = False
        self._sharing: set[int] = set()
        """The application's threads that write at this moment."""
        self._writer_sleeps = False
        self._writer_signal = Signal()
        self._sender_signal = Signal()
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        self._hurry = False
        """Somebody waits for everything to be sent: no gathering, no long pause."""
        self._stopping = False
        self._deadline: float | None = None
        self._failures = 0
        self._next_attempt = 0.0
        self._failed_since_hurry = False
        self._loss_reported_at = float("-inf")

    # -- the application's side ---------------------------------------------------------------------------------------

    def record(self, record: Record) -> None:
        """Take a record. Costs about a microsecond, in a backlog as much as writing two; never waits, never raises."""
        waiting = self._waiting
        waiting.append(record)
        # Two threads may lose an addition here; the writer sets it right each time it has emptied the queue.
        self._waiting_bytes += record.size_bytes
        bounds = self.bounds
        if self._writing and (len(waiting) > SHARED_RECORDS or self._waiting_bytes > bounds.max_queue_bytes / 2):
            self._share()
        if self._waiting_bytes > bounds.max_queue_bytes or len(waiting) + len(self._bare) > bounds.max_queue_records:
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
        """Send what there is within the time given, then stop; what is left stays in the spool, if there is one."""
        deadline = time.monotonic() + timeout_seconds
        self._deadline = deadline
        done = self._settle(deadline, stopping=True)
        self._stopping = True
        self._writer_signal.set()
        self._sender_signal.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline + 0.1 - time.monotonic()))
        if not done:
            self._say_what_is_left()
        return done

    def after_fork(self) -> None:
        """Start afresh in a forked child: what waited is the parent's to send, and its threads do not exist here."""
        self._reset()
        self.connection.forget()

    def is_settled(self) -> bool:
        """Whether everything recorded until now has arrived, or is lost and counted."""
        return not (
            self._has_unwritten
            or self._has_loss_to_report
            or not self._buffer.is_empty
            or (self._spool is not None and not self._spool.is_empty)
        )

    @property
    def _has_unwritten(self) -> bool:
        return bool(self._waiting or self._bare or self._writing or self._sharing)

    @property
    def _has_loss_to_report(self) -> bool:
        return bool(self.loss) and time.monotonic() - self._loss_reported_at >= LOSS_REPORT_SECONDS

    def _settle(self, deadline: float, stopping: bool = False) -> bool:
        self._failed_since_hurry = False
        self._loss_reported_at = float("-inf")
        self._hurry = True
        try:
            while not self.is_settled():
                if time.monotonic() >= deadline or (stopping and self._gives_up(deadline)):
                    return False
                if not self._threads:
                    self._start()
                    if not self._threads:
                        return False
                self._writer_signal.set()
                if not self._has_unwritten:
                    # Not before: the sender would take what is written so far, and make a request of every few records.
                    self._sender_signal.set()
                time.sleep(0.002)
            return True
        finally:
            self._hurry = False

    def _gives_up(self, deadline: float) -> bool:
        """Whether an exit need not wait any longer: the server is not there, or asks for more time than there is."""
        spooled = self._spool is None or not self._buffer.has_waiting
        return self._failed_since_hurry and not self._has_unwritten and spooled and self._next_attempt >= deadline

    def _say_what_is_left(self) -> None:
        if self._spool is None:
            left = len(self._waiting) + len(self._bare)
            logger.warning(
                "Records were left unsent at `%s`%s\n\nhint: `init(spool_directory=…)` keeps them for the next process",
                self.connection.url,
                f" (`{left}` not even written)" if left else "",
            )

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
            _shut_down_with_worker_processes(self)
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
                self.loss.add("queue_bytes", contents=1)
            while len(self._waiting) + len(self._bare) > bounds.max_queue_records:
                dropped = (self._bare or self._waiting).popleft()
                self._waiting_bytes -= dropped.size_bytes
                self.loss.add("queue_records", records=1)
        except IndexError:
            pass  # the writer was quicker

    def _share(self) -> None:
        """Write some of the oldest on the application's own thread, which leaves ours no time to.

        A thread that never waits lets go of the interpreter for moments only, too short for another to wake up in, and
        each begins that one's wait anew. Nothing here takes a lock, `Buffer.put` included: a finaliser may come here
        inside any call, and an interrupt leaves nothing held. Inside this very work it finds its thread, and goes.
        """
        thread, sharing = threading.get_ident(), self._sharing
        if thread in sharing or any(thread == own.ident for own in self._threads):
            return
        try:
            sharing.add(thread)  # before anything is taken: a flush must find it here or there
            for _ in range(SHARED_AT_ONCE):
                waiting = self._take()
                if waiting is not None:
                    self._write_one(waiting)
            if self._buffer.has_full_batch:
                self._sender_signal.set()
        finally:
            sharing.discard(thread)

    def _take(self) -> Record | None:
        try:
            oldest = (self._bare or self._waiting).popleft()
        except IndexError:  # another thread was quicker, or there is none
            self._waiting_bytes = 0
            return None
        self._waiting_bytes -= oldest.size_bytes
        return oldest

    # -- the writer ---------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while not self._stopping:
            try:
                if not self._hurry:
                    self._writer_signal.wait(WRITE_INTERVAL_SECONDS)
                self._write_waiting()
                self._report_loss()
                if self._waiting or self._bare:
                    continue
                if self._hurry:
                    self._writer_signal.wait(0.01)
                    continue
                self._writer_sleeps = True
                if not self._waiting and not self._bare:
                    self._writer_signal.wait(LOSS_REPORT_SECONDS if self.loss else None)
                self._writer_sleeps = False
            except Exception as error:
                _note_fault("writer", error)

    def _write_waiting(self) -> None:
        self._writing = True
        began = time.monotonic()
        try:
            while (waiting := self._take()) is not None:
                self._write_one(waiting)
                self._buffer.let_in()
                if self._buffer.has_full_batch:
                    self._sender_signal.set()
                # Let the application's threads in every few records: writing is ours to wait with, not theirs. But
                # one that never waits lets us write one turn a switch of threads (5 ms): not enough in a backlog.
                if len(self._waiting) < BACKLOG_RECORDS and time.monotonic() - began >= TURN_SECONDS:
                    time.sleep(0)
                    began = time.monotonic()
        finally:
            self._sender_signal.set()
            self._writing = False

    def _write_one(self, waiting: Record) -> None:
        try:
            record = waiting.to_record()
            if record is None or (self._keeps is not None and not self._keeps(record)):
                return
            written = _otlp.write(record, self.bounds.max_content_bytes, self._redact)
        except Exception as error:
            self.loss.add("unwritable", records=1)
            _note_fault("writer", error)
            return
        except BaseException:  # KeyboardInterrupt, on a thread of the application
            self.loss.add("unwritable", records=1)
            raise
        self._buffer.put(written)

    def _report_loss(self) -> None:
        """Tell the server what was lost. A report that is lost itself is counted as what it says, and so made again."""
        if not self._has_loss_to_report:
            return
        self._writing = True
        try:
            records, contents, reason = self.loss.take()
            self._loss_reported_at = time.monotonic()
            attributes = {names.LOSS_SPANS: records, names.LOSS_CONTENTS: contents, names.LOSS_REASON: reason}
            written = _otlp.write(LogRecord("baserun.sdk.loss", attributes, NOWHERE), 1_000)
            self._buffer.put_report(written, records, contents)
        finally:
            self._writing = False
        warn_once(
            "loss",
            "Dropped `%d` records and the content of `%d` (`%s`)\n\n"
            "hint: is the server reachable? `baserun doctor` tells; `init(spool_directory=…)` keeps records on disk",
            records,
            contents,
            reason,
        )

    # -- the sender ---------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        while not self._stopping:
            try:
                if self._spool is not None:
                    self._move_to_spool()
                pause = self._next_attempt - time.monotonic()
                if pause > 0 and not (self._hurry and not self._failed_since_hurry):
                    self._sender_signal.wait(min(pause, 0.05) if self._hurry else pause)
                    continue
                sent = self._send_spooled() if self._spool is not None else self._send_batch()
                if not sent:
                    self._sender_signal.wait(None if self._spool is None else 30.0)
            except Exception as error:
                _note_fault("sender", error)
                self._sender_signal.wait(1.0)
        self.connection.close()
        if self._spool is not None:
            self._spool.close()

    def _send_batch(self) -> bool:
        """Send one batch of the buffer, if there is one."""
        batch = self._buffer.take()
        if batch is None:
            return False
        answer = self._post(batch.signal, compress(self._body(batch)))
        if answer.retryable:
            self._buffer.put_back(batch)
        elif answer.too_large and self._buffer.put_back_smaller(batch):
            pass
        else:
            if not answer.accepted:
                self._refused(answer, *batch.stands_for)
            self._buffer.settle(batch)
        return True

    def _move_to_spool(self) -> None:
        """Write what is in the buffer to disk, also while the server cannot be reached."""
        assert self._spool is not None
        while True:
            batch = self._buffer.take()
            if batch is None:
                return
            if not self._spool.keep(batch.signal, compress(self._body(batch)), *batch.stands_for):
                self.loss.add("spool", *batch.stands_for)
            self._buffer.settle(batch)

    def _send_spooled(self) -> bool:
        """Send the oldest batch on disk, if there is one."""
        assert self._spool is not None
        entry = self._spool.oldest()
        if entry is None:
            return False
        content = entry.read()
        if content:
            answer = self._post(entry.signal, content)
            if answer.retryable:
                return True
            if not answer.accepted:
                self._refused(answer, *entry.stands_for)
        self._spool.forget_entry(entry)
        return True

    def _refused(self, answer: Answer, records: int, contents: int) -> None:
        self.loss.add(f"http_{answer.status}", records, contents)
        logger.warning("The server refused `%d` records: %s\n\nhint: %s", records, answer.what, answer.hint)

    def _body(self, batch: Batch) -> bytes:
        return _otlp.body(batch.signal, map(str, batch.records), self._resource(), self._version)

    def _post(self, signal: str, content: bytes) -> Answer:
        timeout = None if self._deadline is None else max(0.05, self._deadline - time.monotonic())
        answer = self.connection.post("/v1/traces" if signal == "spans" else "/v1/logs", content, timeout)
        if not answer.retryable:
            self._failures = 0
            self._next_attempt = 0.0
            return answer
        self._failures += 1
        self._next_attempt = time.monotonic() + self._delay_seconds(answer)
        self._failed_since_hurry = True
        warn_once(
            f"send:{answer.status}",
            "Cannot deliver to `%s`: %s; records wait and are sent again\n\nhint: %s",
            self.connection.url,
            answer.what,
            answer.hint,
        )
        return answer

    def _delay_seconds(self, answer: Answer) -> float:
        delay = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(self._failures - 1, 10))
        delay *= random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        if answer.retry_after_seconds is not None:
            return min(answer.retry_after_seconds, LONGEST_RETRY_AFTER_SECONDS) + delay * 0.1
        return delay


class Signal:
    """A flag that one thread waits for. Made of one C-level lock, so that setting it inside any other call is safe.

    `threading.Event` is written in Python around a lock: a finaliser that sets it while the same thread is inside it
    would wait for itself for ever.
    """

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Set the flag."""
        try:
            self._lock.release()
        except RuntimeError:
            pass  # set already

    def wait(self, timeout_seconds: float | None) -> bool:
        """Wait until it is set, then clear it; False after the timeout."""
        return self._lock.acquire(timeout=-1 if timeout_seconds is None else timeout_seconds)


def compress(content: bytes) -> bytes:
    """Compress with gzip, level 1: half the processor time of level 6 for a tenth more bytes."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    return compressor.compress(content) + compressor.flush()


def _note_fault(where: str, error: Exception) -> None:
    """Report a fault on a thread of ours, which must go on whatever happens."""
    try:
        report(where, error)
    except Exception:
        logger.exception("fault in %s", where)


def _shut_down_with_worker_processes(delivery: Delivery) -> None:
    """Send what there is when a worker of multiprocessing or billiard ends: it runs no `atexit` functions.

    A worker forgets what was to be done at its end when it begins its work, which may be after our threads have
    started: so it is told both now and then.
    """
    for package in ("multiprocessing", "billiard"):
        util = sys.modules.get(f"{package}.util")
        if util is not None:
            util.register_after_fork(delivery, _shut_down_at_end_of[package])
            _shut_down_at_end_of[package](delivery)


def _in_multiprocessing(_: Delivery) -> None:
    _finalize("multiprocessing")


def _in_billiard(_: Delivery) -> None:
    _finalize("billiard")


_shut_down_at_end_of = {"multiprocessing": _in_multiprocessing, "billiard": _in_billiard}


def _finalize(package: str) -> None:
    process, util = sys.modules.get(f"{package}.process"), sys.modules.get(f"{package}.util")
    in_worker = process is not None and getattr(process.current_process(), "_parent_pid", None) is not None
    if util is not None and in_worker:
        util.Finalize(None, _shut_down_worker, exitpriority=10)


def _shut_down_worker() -> None:
    from baserun._init import shutdown

    shutdown()
