"""What the application handed over and our writer has not yet written.

The writer never waits for the network, so this queue stays short however slow the server is. Any thread may add and
take; no lock is taken, because a finaliser may come here inside any call.
"""

from __future__ import annotations

from collections import deque

from baserun._config import Recordable
from baserun.delivery._loss import Loss


class Queue:
    """Records in the order in which they came; beyond the bounds the oldest lose their content, then themselves."""

    __slots__ = ("_bare", "_loss", "_max_bytes", "_max_records", "size_bytes", "waiting")

    def __init__(self, max_records: int, max_bytes: int, loss: Loss) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._loss = loss
        self.waiting: deque[Recordable] = deque()
        self._bare: deque[Recordable] = deque()
        """The oldest of those that wait, without their content."""
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self.waiting) + len(self._bare)

    def put(self, record: Recordable) -> bool:
        """Add a record; say whether the queue is within its bounds."""
        self.waiting.append(record)
        # Two threads may lose an addition here; `take` sets it right each time the queue is empty.
        self.size_bytes += record.size_bytes
        return self.size_bytes <= self._max_bytes and len(self.waiting) + len(self._bare) <= self._max_records

    def is_longer_than(self, records: int) -> bool:
        """Whether more records wait with their content, or half of the bytes that may."""
        return len(self.waiting) > records or self.size_bytes > self._max_bytes / 2

    def take(self) -> Recordable | None:
        """Take the oldest record, or None."""
        try:
            oldest = (self._bare or self.waiting).popleft()
        except IndexError:  # another thread was quicker, or there is none
            self.size_bytes = 0
            return None
        self.size_bytes -= oldest.size_bytes
        return oldest

    def relieve(self) -> None:
        """Bring the queue back within its bounds: only when calls come faster than one thread can write them down."""
        try:
            while self.size_bytes > self._max_bytes and self.waiting:
                oldest = self.waiting.popleft()
                before = oldest.size_bytes
                oldest.drop_content()
                self.size_bytes += oldest.size_bytes - before
                self._bare.append(oldest)
                self._loss.add("queue_bytes", contents=1)
            while len(self) > self._max_records:
                dropped = (self._bare or self.waiting).popleft()
                self.size_bytes -= dropped.size_bytes
                self._loss.add("queue_records", records=1)
        except IndexError:
            pass  # the writer was quicker
