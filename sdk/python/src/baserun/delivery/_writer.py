"""The thread that reads, redacts and writes what waits. It never touches the network.

Where the application leaves it no time, who adds to a long queue writes some of it himself (`share`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from baserun._config import Recordable, Settings
from baserun._guard import note_fault, warn_once
from baserun.context._scope import NOWHERE
from baserun.delivery._buffer import Buffer
from baserun.delivery._loss import REPORT_INTERVAL_SECONDS, Loss
from baserun.delivery._queue import Queue
from baserun.delivery._signal import Pace, Signal
from baserun.recording import _attributes as names
from baserun.recording import _otlp
from baserun.recording._sampling import keeper
from baserun.recording._span import LogRecord

TURN_SECONDS = 0.0003
"""How long the writer works before it steps aside: stepping aside costs 18 µs, as much as a third of a record."""
BACKLOG_RECORDS = 250
"""How many may wait before the writer no longer steps aside for the application's threads."""
SHARED_RECORDS = 1_000
"""How many may wait behind a writer at work before whoever adds another writes some of them himself."""
SHARED_AT_ONCE = 2
"""One more than was added, so that the backlog falls."""


class Writer:
    """Takes from the queue, puts into the buffer, and calls `wake_sender` once a request's worth is there."""

    def __init__(
        self,
        queue: Queue,
        buffer: Buffer,
        loss: Loss,
        pace: Pace,
        settings: Settings,
        wake_sender: Callable[[], None],
    ) -> None:
        self._queue = queue
        self._buffer = buffer
        self._loss = loss
        self._pace = pace
        self._flush_interval_seconds = settings.flush_interval_seconds
        self._max_content_bytes = settings.max_content_bytes
        self._redact = settings.redact
        self._keeps = keeper(settings.sample_rate)
        self._wake_sender = wake_sender
        self.signal = Signal()
        self.is_writing = False
        self.is_asleep = False
        self._sharing: set[int] = set()
        """The application's threads that write at this moment."""

    @property
    def has_unwritten(self) -> bool:
        """Whether something waits to be written or is being written."""
        return bool(self._queue or self.is_writing or self._sharing)

    def wake(self) -> None:
        """Wake the thread if it sleeps for want of records."""
        if self.is_asleep:
            self.is_asleep = False
            self.signal.set()

    def run(self) -> None:
        """Write until told to stop."""
        pace, queue = self._pace, self._queue
        while not pace.stopping:
            try:
                if not pace.hurry:
                    self.signal.wait(self._flush_interval_seconds)
                self._write_waiting()
                self._report_loss()
                if queue:
                    continue
                if pace.hurry:
                    self.signal.wait(0.01)
                    continue
                self.is_asleep = True
                if not queue:
                    self.signal.wait(REPORT_INTERVAL_SECONDS if self._loss else None)
                self.is_asleep = False
            except Exception as error:
                note_fault("writer", error)

    def share(self, own_threads: list[threading.Thread]) -> None:
        """Write some of the oldest on the application's own thread, which leaves ours no time to.

        A thread that never waits lets go of the interpreter for moments only, too short for another to wake up in, and
        each begins that one's wait anew. Nothing here takes a lock, `Buffer.put` included: a finaliser may come here
        inside any call, and an interrupt leaves nothing held. Inside this very work it finds its thread, and goes.
        """
        thread, sharing = threading.get_ident(), self._sharing
        if thread in sharing or any(thread == own.ident for own in own_threads):
            return
        try:
            sharing.add(thread)  # before anything is taken: a flush must find it here or there
            for _ in range(SHARED_AT_ONCE):
                waiting = self._queue.take()
                if waiting is not None:
                    self._write(waiting)
            if self._buffer.has_full_batch:
                self._wake_sender()
        finally:
            sharing.discard(thread)

    def _write_waiting(self) -> None:
        self.is_writing = True
        began = time.monotonic()
        try:
            while (waiting := self._queue.take()) is not None:
                self._write(waiting)
                self._buffer.let_in()
                if self._buffer.has_full_batch:
                    self._wake_sender()
                # Let the application's threads in every few records: writing is ours to wait with, not theirs. But
                # one that never waits lets us write one turn a switch of threads (5 ms): not enough in a backlog.
                if len(self._queue.waiting) < BACKLOG_RECORDS and time.monotonic() - began >= TURN_SECONDS:
                    time.sleep(0)
                    began = time.monotonic()
        finally:
            self._wake_sender()
            self.is_writing = False

    def _write(self, waiting: Recordable) -> None:
        try:
            record = waiting.to_record()
            if record is None or (self._keeps is not None and not self._keeps(record)):
                return
            written = _otlp.write(record, self._max_content_bytes, self._redact)
        except Exception as error:
            self._loss.add("unwritable", records=1)
            note_fault("writer", error)
            return
        except BaseException:  # KeyboardInterrupt, on a thread of the application
            self._loss.add("unwritable", records=1)
            raise
        self._buffer.put(written)

    def _report_loss(self) -> None:
        """Tell the server what was lost. A report that is lost itself is counted as what it says, and so made again."""
        if not self._loss.is_report_due:
            return
        self.is_writing = True
        try:
            records, contents, reason = self._loss.take()
            attributes = {names.LOSS_SPANS: records, names.LOSS_CONTENTS: contents, names.LOSS_REASON: reason}
            written = _otlp.write(LogRecord("baserun.sdk.loss", attributes, NOWHERE), 1_000)
            self._buffer.put_report(written, records, contents)
        finally:
            self.is_writing = False
        warn_once(
            "loss",
            "Dropped `%d` records and the content of `%d` (`%s`)\n\n"
            "hint: is the server reachable? `baserun doctor` tells; `init(spool_directory=…)` keeps records on disk",
            records,
            contents,
            reason,
        )
