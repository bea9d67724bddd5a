"""The write-ahead log: every accepted request is in it before it is acknowledged.

A record is `magic, length, crc32` and a msgpack array of what a request consisted of (`Entry`). Records stand in files
of 64 MB named by number. A new process always begins a new file, so bytes once written are never touched again (but for
`ingest/erase.py`, which replaces whole files), and whatever a crash left half-written stands at the end of a file that
has a successor. `read` (`records.py`) steps over damaged bytes to the next sound record and reports them as `Damage`;
the magic is what it finds its way back by.

One writer (the front, under a lock on the data folder: `writing.py`), one reader (the worker), who notes how far it has
come (`cursor.py`). What the reader has finished with is deleted by `drop_before` (`files.py`), within the bounds that
the settings give.
"""

from typing import Literal, NamedTuple

import msgspec


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """A request as it was received."""

    project_id: str
    received_us: int
    path: Literal["traces", "logs"]
    content_type: str
    content_encoding: str
    body: bytes
    door: Literal["", "api"] = ""
    """`api` for what was said through the API; never what a sender says of itself."""


class Position(NamedTuple):
    """A place in the log: number of the file, bytes from its start."""

    segment: int
    offset: int

    def __str__(self) -> str:
        return f"{self.segment}:{self.offset}"


class Record(NamedTuple):
    """An entry and where it stands."""

    start: Position
    end: Position
    entry: Entry


class Damage(NamedTuple):
    """A stretch of a file that holds no readable record, and the bytes themselves."""

    start: Position
    end: Position
    reason: str
    data: bytes
