"""Reading: a stretch of the log into a batch and the blocks that it is stored with.

    python -m baserun_server.worker.reading

As a program it reads for the worker while that is behind (`read_ahead.py`): a place of the log comes in by standard
input, and what was read from there goes out by standard output, until the input ends, as it does when the worker does.
"""

import contextlib
import gc
import pickle
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

import msgspec
import orjson

from ..ingest.log import Damage, Position
from ..ingest.log.files import log_id
from ..ingest.log.records import read
from ..ingest.pipeline import DeadLetter, Pipeline, join
from ..model import Batch, Span
from ..private import become_private
from ..settings import Settings
from ..store.facts.rows import SPAN_JSON
from ..store.inserts import Insert, inserts_of, with_records
from ..writing_out import write_spans_out
from .caution import cpu_bound

LOOK_SECONDS = 0.05
"""How often the log is looked at while it is quiet."""
SIZE = struct.Struct("<QQ")
EMPTY = Batch("")


@dataclass
class Stretch:
    """A batch and the part of the log that it came from."""

    batch: Batch
    end: Position
    letters: list[DeadLetter] = field(default_factory=list)
    full: bool = False
    """True where there was more to read than a batch takes."""
    inserts: list[Insert] | None = None
    """What the batch is stored with, where it could be made."""
    is_light: bool = False
    """True where the spans are without their content: that is in the blocks, and can only be stored with them."""


class Reader:
    """Reads one log."""

    def __init__(
        self,
        settings: Settings,
        pipeline: Pipeline,
        *,
        begin: Callable[[Position], None] = lambda at: None,
        bound_cpu: bool = False,
    ) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._folder = settings.log_dir
        self._log_id = log_id(self._folder)
        self._begin = begin
        """Called with the beginning of a batch, before anything of it is read."""
        self._bound_cpu = bound_cpu
        """Whether an entry that takes too long may end this process."""

    def read(
        self,
        start: Position,
        until: Position | None = None,
        enough: threading.Event | None = None,
        *,
        most_entries: int = 0,
    ) -> Stretch:
        """The next batch: up to the bounds of the settings, exactly up to `until`, or so many entries.

        With `enough` it waits for more until the batch is full or that is set. Whatever entries hold, it does not
        raise: what cannot be read of them is among the letters.
        """
        entries = 0
        batch = Batch("")
        stretch = Stretch(batch, start)
        first, size_bytes = start, 0
        while True:
            for item in read(self._folder, stretch.end):
                if until is not None and item.start >= until:
                    break
                if isinstance(item, Damage):
                    stretch.letters.append(DeadLetter(str(item.start), item.reason, item.data))
                    stretch.end = item.end
                    continue
                if not batch.token:
                    first = item.start
                    batch.token = str(first)
                    self._begin(first)
                known = len(batch.spans)
                with cpu_bound(self._bound_cpu):
                    stretch.letters += self._pipeline.read(item, batch)
                    write_spans_out(batch.spans[known:])
                stretch.end = item.end
                size_bytes += item.end.offset - item.start.offset
                entries += 1
                if until is None and (self._is_full(batch, size_bytes) or entries == most_entries):
                    stretch.full = True
                    break
            if enough is None or stretch.full or enough.is_set():
                break
            enough.wait(LOOK_SECONDS)
        if batch.token:
            # Positions are the same in every log: without its name, batches of two would be taken for one.
            end = stretch.end if stretch.end.segment != first.segment else stretch.end.offset
            batch.token = f"{self._log_id}/{first}-{end}"
            join(batch)
            with contextlib.suppress(Exception):
                # Writing meets the same fault, and finds out which record is guilty.
                stretch.inserts = inserts_of(batch)
        return stretch

    def set_aside(self, start: Position, reason: str) -> Stretch:
        """The entry at a place, unread, as a dead letter; an empty stretch where there is none."""
        stretch = Stretch(Batch(""), start)
        for item in read(self._folder, start):
            record = item.data if isinstance(item, Damage) else item.entry
            stretch.letters.append(DeadLetter(str(item.start), reason, record))
            stretch.end = item.end
            break
        return stretch

    def _is_full(self, batch: Batch, size_bytes: int) -> bool:
        return batch.size >= self._settings.batch_spans or size_bytes >= self._settings.batch_bytes


def send(stretch: Stretch, out: IO[bytes]) -> None:
    """Hand a stretch to another process, its spans without their content; nothing is left of it here."""
    for span in stretch.batch.spans:
        _lighten(span)
    batch = msgspec.msgpack.encode(stretch.batch)
    blocks = [insert._replace(facts=None, records=()) for insert in stretch.inserts or ()]
    rest = pickle.dumps((stretch.end, stretch.letters, stretch.full, blocks))
    # The other process may take a while to want it.
    blocks, stretch.batch, stretch.inserts = [], EMPTY, []
    out.write(SIZE.pack(len(batch), len(rest)))
    out.write(batch)
    out.write(rest)
    out.flush()


def receive(source: IO[bytes]) -> Stretch:
    """Receive a stretch from another process; raises `EOFError` if that has ended."""
    head = source.read(SIZE.size)
    if len(head) < SIZE.size:
        raise EOFError
    batch_bytes, rest_bytes = SIZE.unpack(head)
    encoded, rest = source.read(batch_bytes), source.read(rest_bytes)
    if len(rest) < rest_bytes:
        raise EOFError
    batch = msgspec.msgpack.decode(encoded, type=Batch)
    end, letters, full, blocks = pickle.loads(rest)  # noqa: S301 - from a process of our own, by its own pipe
    return Stretch(batch, end, letters, full, with_records(blocks, batch), is_light=True)


def _lighten(span: Span) -> None:
    metadata = span.metadata
    for name in SPAN_JSON:
        setattr(span, name, None)
    span.input_messages, span.output_messages, span.tool_definitions = [], [], []
    span.parameters, span.attributes, span.events, span.as_sent = {}, {}, [], {}
    # A trace takes it over.
    span.metadata = orjson.loads(bytes(metadata)) if isinstance(metadata, msgspec.Raw) else metadata


def main() -> None:
    """Read for the worker until it closes the input."""
    become_private()
    gc.disable()
    settings = Settings()
    reader = Reader(settings, Pipeline.of(settings), bound_cpu=True)
    with contextlib.suppress(BrokenPipeError):
        for line in sys.stdin.buffer:
            send(reader.read(msgspec.json.decode(line, type=Position)), sys.stdout.buffer)


if __name__ == "__main__":
    main()
