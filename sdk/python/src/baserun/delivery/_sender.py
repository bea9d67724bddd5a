"""The thread that sends: gzip, POST, and again where it did not arrive. With a spool, by way of the disk."""

from __future__ import annotations

import time
import zlib

from baserun._config import VERSION, Settings, resource
from baserun._guard import note_fault, warn, warn_once
from baserun.delivery._batch import Batch
from baserun.delivery._buffer import Buffer
from baserun.delivery._http import Connection, Outcome
from baserun.delivery._loss import Loss
from baserun.delivery._retry import Retry
from baserun.delivery._signal import Pace, Signal
from baserun.delivery._spool import Spool
from baserun.recording import _otlp

PATHS = {"spans": "/v1/traces", "logs": "/v1/logs"}
SPOOL_CHECK_SECONDS = 30.0
"""How long it sleeps with a spool: then it looks for what other processes have left behind."""


class Sender:
    """Takes batches from the buffer and sends them, in order, until each is accepted or refused for good."""

    def __init__(
        self, buffer: Buffer, spool: Spool | None, loss: Loss, pace: Pace, connection: Connection, settings: Settings
    ) -> None:
        self._buffer = buffer
        self._spool = spool
        self._loss = loss
        self._pace = pace
        self._connection = connection
        self._settings = settings
        self.signal = Signal()
        self.retry = Retry()
        self.deadline: float | None = None
        """No request may last longer than until then: set at shutdown."""

    @property
    def is_done(self) -> bool:
        """Whether everything written has arrived, or is lost and counted."""
        return self._buffer.is_empty and (self._spool is None or self._spool.is_empty)

    def gives_up(self, deadline: float) -> bool:
        """Whether an exit need not wait any longer: the server is not there, or asks for more time than there is."""
        spooled = self._spool is None or not self._buffer.has_waiting
        return self.retry.has_failed and spooled and self.retry.next_attempt >= deadline

    def run(self) -> None:
        """Send until told to stop."""
        pace, retry = self._pace, self.retry
        while not pace.stopping:
            try:
                if self._spool is not None:
                    self._move_to(self._spool)
                pause = retry.next_attempt - time.monotonic()
                if pause > 0 and not (pace.hurry and not retry.has_failed):
                    self.signal.wait(min(pause, 0.05) if pace.hurry else pause)
                    continue
                sent = self._send_from(self._spool) if self._spool is not None else self._send_batch()
                if not sent:
                    self.signal.wait(None if self._spool is None else SPOOL_CHECK_SECONDS)
            except Exception as error:
                note_fault("sender", error)
                self.signal.wait(1.0)
        self._connection.close()
        if self._spool is not None:
            self._spool.close()

    def _send_batch(self) -> bool:
        """Send one batch of the buffer, if there is one."""
        batch = self._buffer.take()
        if batch is None:
            return False
        outcome = self._post(batch.signal, compress(self._body(batch)))
        if outcome.retryable:
            self._buffer.put_back(batch)
        elif outcome.too_large and self._buffer.put_back_smaller(batch):
            pass
        else:
            if not outcome.accepted:
                self._note_refused(outcome, *batch.stands_for)
            self._buffer.settle(batch)
        return True

    def _move_to(self, spool: Spool) -> None:
        """Write what is in the buffer to disk, also while the server cannot be reached."""
        while True:
            batch = self._buffer.take()
            if batch is None:
                return
            if not spool.keep(batch.signal, compress(self._body(batch)), *batch.stands_for):
                self._loss.add("spool", *batch.stands_for)
            self._buffer.settle(batch)

    def _send_from(self, spool: Spool) -> bool:
        """Send the oldest batch on disk, if there is one."""
        entry = spool.oldest()
        if entry is None:
            return False
        content = entry.read()
        if content:
            outcome = self._post(entry.signal, content)
            if outcome.retryable:
                return True
            if not outcome.accepted:
                self._note_refused(outcome, *entry.stands_for)
        spool.forget_entry(entry)
        return True

    def _note_refused(self, outcome: Outcome, records: int, contents: int) -> None:
        self._loss.add(f"http_{outcome.status}", records, contents)
        warn("The server refused `%d` records: %s\n\nhint: %s", records, outcome.what, outcome.hint)

    def _body(self, batch: Batch) -> bytes:
        return _otlp.body(batch.signal, map(str, batch.records), resource(self._settings), VERSION)

    def _post(self, signal: str, content: bytes) -> Outcome:
        timeout = None if self.deadline is None else max(0.05, self.deadline - time.monotonic())
        outcome = self._connection.post(PATHS[signal], content, timeout)
        if not outcome.retryable:
            self.retry.note_done()
            return outcome
        self.retry.note_failed(outcome.retry_after_seconds)
        warn_once(
            f"send:{outcome.status}",
            "Cannot deliver to `%s`: %s; records wait and are sent again\n\nhint: %s",
            self._connection.url,
            outcome.what,
            outcome.hint,
        )
        return outcome


def compress(content: bytes) -> bytes:
    """Compress with gzip, level 1: half the processor time of level 6 for a tenth more bytes."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    return compressor.compress(content) + compressor.flush()
