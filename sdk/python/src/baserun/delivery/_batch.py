"""Written records that travel in one request."""

from __future__ import annotations

from baserun.recording._otlp import Written

BATCH_RECORDS = 512
BATCH_BYTES = 2_000_000


class Batch:
    """Records of one signal that travel together."""

    __slots__ = ("records", "signal", "size_bytes")

    def __init__(self, signal: str, records: list[Written], size_bytes: int) -> None:
        self.signal = signal
        self.records = records
        self.size_bytes = size_bytes

    @property
    def stands_for(self) -> tuple[int, int]:
        """Return how many records and contents are lost if it is."""
        return sum(written.stands_for[0] for written in self.records), sum(
            written.stands_for[1] for written in self.records
        )
