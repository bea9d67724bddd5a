"""What was lost, counted until it is reported."""

from __future__ import annotations

import time

REPORT_INTERVAL_SECONDS = 10.0
"""At most one report in this time: an outage is one piece of news."""


class Loss:
    """What was lost since the last report."""

    __slots__ = ("_reported_at", "contents", "reason", "records")

    def __init__(self) -> None:
        self.records = 0
        self.contents = 0
        self.reason = ""
        self._reported_at = float("-inf")

    def __bool__(self) -> bool:
        return bool(self.records or self.contents)

    @property
    def is_report_due(self) -> bool:
        """Whether the server should be told now."""
        return bool(self) and time.monotonic() - self._reported_at >= REPORT_INTERVAL_SECONDS

    def hurry(self) -> None:
        """Let the next report go without waiting for its turn."""
        self._reported_at = float("-inf")

    def add(self, reason: str, records: int = 0, contents: int = 0) -> None:
        """Count a loss."""
        self.records += records
        self.contents += contents
        self.reason = reason

    def take(self) -> tuple[int, int, str]:
        """Return what was lost, and start counting again: it is being reported."""
        taken = (self.records, self.contents, self.reason)
        self.records = self.contents = 0
        self._reported_at = time.monotonic()
        return taken
