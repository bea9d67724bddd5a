"""The files of a log: their numbers and names, and when they are closed and deleted."""

import contextlib
import fcntl
import os
import secrets
from pathlib import Path

from ...private import make_folder, open_private
from . import Position

ROLL = "roll"
"""File by which the worker asks the front to close the newest file of the log."""


def ask_to_roll(folder: Path) -> None:
    """Ask whoever writes the log to close the newest file."""
    (folder / ROLL).touch()


def segments(folder: Path) -> list[int]:
    """Numbers of the files of a log, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.log") if path.stem.isdecimal())


def segment_path(folder: Path, number: int) -> Path:
    """The file of that number."""
    return folder / f"{number:012d}.log"


def log_id(folder: Path) -> str:
    """The name of a log among all that are written to one store; given to it when it is first asked for."""
    path = folder / "id"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii")
    make_folder(folder)
    new = folder / "id.new"
    with open_private(new, "w") as file:
        file.write(secrets.token_hex(8))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    return path.read_text(encoding="ascii")


def first_position(folder: Path) -> Position:
    """Where the oldest kept record stands."""
    return Position(min(segments(folder), default=0), 0)


def drop_before(folder: Path, position: Position, *, keep_bytes: int, keep_seconds: float, now: float) -> list[int]:
    """Delete files that lie wholly before `position`, oldest first, beyond what is to be kept; returns their numbers.

    `now` is seconds since the epoch.
    """
    finished = [number for number in segments(folder) if number < position.segment]
    kept_bytes = sum(size_of(segment_path(folder, number)) for number in finished)
    dropped = []
    for number in finished:
        path = segment_path(folder, number)
        size = size_of(path)
        if kept_bytes <= keep_bytes and now - path.stat().st_mtime <= keep_seconds:
            break
        path.unlink()
        kept_bytes -= size
        dropped.append(number)
    return dropped


def size_of(path: Path) -> int:
    """Bytes of a file, 0 where it has gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def sync(file: int) -> None:
    """Have the system put a file's content on the disk."""
    # macOS has no fdatasync, and its fsync leaves the bytes in the drive's cache; F_FULLFSYNC does not.
    if hasattr(os, "fdatasync"):
        os.fdatasync(file)
    else:
        fcntl.fcntl(file, getattr(fcntl, "F_FULLFSYNC", 51))
