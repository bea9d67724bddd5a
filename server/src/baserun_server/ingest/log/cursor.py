"""How far the worker has come, and how much of the log it has still to read."""

from pathlib import Path

import msgspec

from ...private import open_private
from . import Position
from .files import first_position, segment_path, segments, size_of, sync


class Cursor(msgspec.Struct):
    """How far the worker has come.

    `batch_end` is set before a batch is written: after a crash exactly this stretch is read and written again, under
    the same token.
    """

    done: Position
    batch_end: Position | None = None


def load_cursor(folder: Path) -> Cursor:
    """The cursor as last saved; at the oldest record where there is none."""
    try:
        return msgspec.json.decode((folder / "cursor.json").read_bytes(), type=Cursor)
    except (FileNotFoundError, msgspec.MsgspecError):
        # Without a cursor everything kept is read again: batches are stored once, whatever is written twice.
        return Cursor(done=first_position(folder))


def save_cursor(folder: Path, cursor: Cursor) -> None:
    """Replace the cursor; on the disk when it returns."""
    new = folder / "cursor.json.new"
    with open_private(new, "wb") as file:
        file.write(msgspec.json.encode(cursor))
        file.flush()
        sync(file.fileno())
    new.replace(folder / "cursor.json")


def backlog_bytes(folder: Path) -> int:
    """Bytes after the cursor."""
    segment, offset = load_cursor(folder).done
    total = 0
    for number in segments(folder):
        if number < segment:
            continue
        size = size_of(segment_path(folder, number))
        total += max(size - offset, 0) if number == segment else size
    return total
