"""From the application's threads to the server, without the application ever waiting.

record() ─► queue ─► writer: read, redact, write ─► buffer ─► sender: gzip, POST, retry
                                                     └─► spool ─┘ where `init(spool_directory=…)` names one

The writer never touches the network, so the queue stays short however slow the server is; the buffer of written records
is what grows in an outage, and it is bounded. Both threads start with the first record of a process, a forked one
included. `record()` takes no lock: it can be called by a finaliser inside any other call, its own included.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from baserun._config import Recordable, Settings
from baserun._guard import warn
from baserun.delivery._buffer import Buffer
from baserun.delivery._http import Connection
from baserun.delivery._loss import Loss
from baserun.delivery._queue import Queue
from baserun.delivery._sender import Sender
from baserun.delivery._signal import Pace
from baserun.delivery._spool import Spool
from baserun.delivery._workers import stop_with_worker
from baserun.delivery._writer import SHARED_RECORDS, Writer


class Delivery:
    """What waits to be sent, and the two threads that send it. `stop` is called where a worker process ends."""

    def __init__(self, settings: Settings, connection: Connection, stop: Callable[[], Any]) -> None:
        self._settings = settings
        self._connection = connection
        self.stop = stop
        self._reset()
        if self._spool is not None and self._spool.has_leftovers():
            self._start()

    def _reset(self) -> None:
        settings = self._settings
        bounds = settings.max_queue_records, settings.max_queue_bytes
        loss = Loss()
        self._loss = loss
        self._pace = Pace()
        self._queue = Queue(*bounds, loss)
        self._spool = (
            Spool(settings.spool_directory, settings.max_spool_bytes, loss) if settings.spool_directory else None
        )
        buffer = Buffer(*bounds, loss)
        self._sender = Sender(buffer, self._spool, loss, self._pace, self._connection, settings)
        self._writer = Writer(self._queue, buffer, loss, self._pace, settings, self._sender.signal.set)
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def record(self, record: Recordable) -> None:
        """Take a record. Costs about a microsecond, in a backlog as much as writing two; never waits, never raises."""
        queue, writer = self._queue, self._writer
        fits = queue.put(record)
        if writer.is_writing and queue.is_longer_than(SHARED_RECORDS):
            writer.share(self._threads)
        if not fits:
            queue.relieve()
        if writer.is_asleep:
            writer.wake()
        elif not self._threads:
            self._start()

    def flush(self, timeout_seconds: float) -> bool:
        """Send everything recorded until now; say whether the server has acknowledged all of it in time."""
        return self._settle(time.monotonic() + timeout_seconds)

    def shutdown(self, timeout_seconds: float) -> bool:
        """Send what there is within the time given, then stop; what is left stays in the spool, if there is one."""
        deadline = time.monotonic() + timeout_seconds
        self._sender.deadline = deadline
        done = self._settle(deadline, stopping=True)
        self._pace.stopping = True
        self._writer.signal.set()
        self._sender.signal.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline + 0.1 - time.monotonic()))
        if not done:
            self._say_what_is_left()
        return done

    def after_fork(self) -> None:
        """Start afresh in a forked child: what waited is the parent's to send, and its threads do not exist here."""
        self._reset()
        self._connection.forget()

    @property
    def is_settled(self) -> bool:
        """Whether everything recorded until now has arrived, or is lost and counted."""
        return not self._writer.has_unwritten and not self._loss.is_report_due and self._sender.is_done

    def _settle(self, deadline: float, stopping: bool = False) -> bool:
        self._sender.retry.hurry()
        self._loss.hurry()
        self._pace.hurry = True
        try:
            while not self.is_settled:
                if time.monotonic() >= deadline or (stopping and self._gives_up(deadline)):
                    return False
                if not self._threads:
                    self._start()
                    if not self._threads:
                        return False
                self._writer.signal.set()
                if not self._writer.has_unwritten:
                    # Not before: the sender would take what is written so far, and make a request of every few records.
                    self._sender.signal.set()
                time.sleep(0.002)
            return True
        finally:
            self._pace.hurry = False

    def _gives_up(self, deadline: float) -> bool:
        return not self._writer.has_unwritten and self._sender.gives_up(deadline)

    def _say_what_is_left(self) -> None:
        if self._spool is None:
            left = len(self._queue)
            warn(
                "Records were left unsent at `%s`%s\n\nhint: `init(spool_directory=…)` keeps them for the next process",
                self._connection.url,
                f" (`{left}` not even written)" if left else "",
            )

    def _start(self) -> None:
        if self._pace.stopping or not self._starting.acquire(blocking=False):
            return
        try:
            if self._threads:
                return
            threads = [
                threading.Thread(target=target, name=name, daemon=True)
                for target, name in ((self._writer.run, "baserun-writer"), (self._sender.run, "baserun-sender"))
            ]
            for thread in threads:
                thread.start()
            self._threads = threads
            stop_with_worker(self)
        except RuntimeError:
            pass  # the interpreter is going down and starts no more threads
        finally:
            self._starting.release()
