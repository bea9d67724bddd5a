"""What could not be read or stored."""

from .base import Record, Total


class DeadLetter(Record):
    """Something acknowledged that could not be read or stored."""

    id: str
    """Where it stands in the log."""
    at: str
    kind: str
    """`entry` for a whole request, else the kind of the record; `bytes` for a damaged stretch of the log."""
    reason: str


class DeadLetterPage(Record):
    items: list[DeadLetter]
    total: Total
    next_cursor: str | None
