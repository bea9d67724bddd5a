"""Written records that wait to be sent: bounded, losing content before structure, and saying so.

Any thread may add a record and ask what waits; neither takes the lock. A thread of the application inside it could meet
a finaliser that records, and wait for itself. The lock is for our own two threads, which let in what was added.
"""

from __future__ import annotations

import threading
from collections import deque

from baserun.delivery._batch import BATCH_BYTES, BATCH_RECORDS, Batch
from baserun.delivery._loss import Loss
from baserun.recording._otlp import Written


class Buffer:
    """A queue from which batches are taken; a batch counts against the bounds until it is settled or put back."""

    def __init__(self, max_records: int, max_bytes: int, loss: Loss) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._loss = loss
        self._arrived: deque[Written] = deque()
        """Put, but not yet held against the bounds."""
        self._records: deque[Written] = deque()
        self._size_bytes = 0
        self._bare_until = 0
        """How many records at the old end have lost their content already."""
        self._unsettled = 0
        """How many have been let in and are neither settled nor lost."""
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits and nothing is on its way."""
        return not self._arrived and not self._unsettled

    @property
    def has_waiting(self) -> bool:
        """Whether something waits."""
        return bool(self._arrived or self._records)

    @property
    def has_full_batch(self) -> bool:
        """Whether a request's worth waits."""
        return len(self._records) + len(self._arrived) >= BATCH_RECORDS or self._size_bytes >= BATCH_BYTES

    def put_report(self, written: Written, records: int, contents: int) -> None:
        """Add a report of losses: it makes nothing give way, else it would cause what it reports."""
        written.stands_for = (records, contents)
        with self._lock:
            self._records.append(written)
            self._size_bytes += written.size_bytes
            self._unsettled += 1

    def put(self, written: Written) -> None:
        """Add a record, to be let in."""
        self._arrived.append(written)

    def let_in(self) -> None:
        """Hold what was put against the bounds: the oldest contents, then the oldest records, make room for it."""
        with self._lock:
            self._let_in()

    def _let_in(self) -> None:
        while self._arrived:
            self._unsettled += 1  # first, so that `is_empty` sees it in one place or the other
            written = self._arrived.popleft()
            self._records.append(written)
            self._size_bytes += written.size_bytes
            while self._size_bytes > self._max_bytes and self._bare_until < len(self._records):
                self._strip(self._records[self._bare_until], "queue_bytes")
                self._bare_until += 1
            while self._records and (self._unsettled > self._max_records or self._size_bytes > self._max_bytes):
                oldest = self._records.popleft()
                self._size_bytes -= oldest.size_bytes
                self._unsettled -= 1
                self._bare_until = max(0, self._bare_until - 1)
                self._loss.add("queue_records", *oldest.stands_for)

    def take(self) -> Batch | None:
        """Take the oldest records of one signal, as many as fit in a request."""
        with self._lock:
            self._let_in()
            if not self._records:
                return None
            signal = self._records[0].signal
            records: list[Written] = []
            others: list[Written] = []
            size_bytes = 0
            while self._records and len(records) < BATCH_RECORDS and size_bytes < BATCH_BYTES:
                written = self._records.popleft()
                if written.signal == signal:
                    records.append(written)
                    size_bytes += written.size_bytes
                else:
                    others.append(written)
            self._records.extendleft(reversed(others))
            self._bare_until = 0
            return Batch(signal, records, size_bytes)

    def settle(self, batch: Batch) -> None:
        """Let go of a batch that has arrived, is on disk, or will never be accepted."""
        with self._lock:
            self._size_bytes -= batch.size_bytes
            self._unsettled -= len(batch.records)

    def put_back(self, batch: Batch) -> None:
        """Put a batch back in front: it is to be sent again."""
        with self._lock:
            self._records.extendleft(reversed(batch.records))
            self._bare_until = 0

    def put_back_smaller(self, batch: Batch) -> bool:
        """Put a batch back that was too large, without its longest contents; False if there is nothing left to drop."""
        with self._lock:
            longest = max((len(written.content) for written in batch.records if not written.is_bare), default=0)
            if not longest:
                return False
            for written in batch.records:
                if not written.is_bare and len(written.content) * 2 > longest:
                    self._strip(written, "http_413")
            self._records.extendleft(reversed(batch.records))
            return True

    def _strip(self, written: Written, reason: str) -> None:
        if written.is_bare or not written.content:
            return
        before = written.size_bytes
        written.drop_content()
        self._size_bytes += written.size_bytes - before
        self._loss.add(reason, contents=1)
