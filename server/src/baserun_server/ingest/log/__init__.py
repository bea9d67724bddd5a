"""The write-ahead log: every accepted request is in it before it is acknowledged.

A record is `magic, length, crc32` and a msgpack array of what a request consisted of (`Entry`). Records stand in files
of 64 MB named by number. A new process always begins a new file, so bytes once written are never touched again (but for
`erase.py`, which replaces whole files), and whatever a crash left half-written stands at the end of a file that has a
successor. `read` steps over damaged bytes
to the next sound record and reports them as `Damage`; the magic is what it finds its way back by.

One writer (the front, under a lock on the data folder), one reader (the worker). What the reader has finished with is
deleted by `drop_before`, within the bounds that the settings give.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from ...errors import DataFolderTaken, LogBroken, LogFull
from ...private import FILE_MODE, make_folder, open_private, own_folder

Durability = Literal["always", "200ms", "off"]

MAGIC = b"\xb5RUN"
HEADER = struct.Struct("<4sII")
SYNC_SECONDS = 0.2
LOOK_SECONDS = 0.2
RETRY_AFTER_SECONDS = 5
ROLL_SECONDS = 1.0
ROLL = "roll"
"""File by which the worker asks the front to close the newest file of the log."""
CLEAN_BESIDE_BYTES = 64 << 10
"""Requests above this size are cleaned beside the event loop: about 30 spans, 5 ms."""


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


class FolderLock:
    """The one right to write to a data folder, held until the process ends."""

    def __init__(self, folder: Path) -> None:
        own_folder(folder)
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._file, 32, 0).decode().strip()
            os.close(self._file)
            raise DataFolderTaken(
                f"the data folder `{folder}` is in use by the server with process id `{holder or 'unknown'}`",
                hint="stop that server, or give this one a folder of its own with `--data`",
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Give the folder back."""
        os.close(self._file)


class Log:
    """The writing side of the log.

    `append` returns when the entry is as durable as `durability` asks. Requests that arrive while a sync is under way
    are written and synced together by the next one, so the number of syncs does not grow with the number of clients.
    """

    def __init__(
        self,
        folder: Path,
        *,
        durability: Durability = "always",
        segment_bytes: int = 64 << 20,
        limit_bytes: int = 4 << 30,
        clean: Callable[[Entry], Entry] | None = None,
    ) -> None:
        """`clean` makes of an entry what is written, wherever that came from; it may refuse it."""
        make_folder(folder)
        for unfinished in folder.glob("*.log.new"):
            unfinished.unlink()
        self.folder = folder
        self._durability = durability
        self._segment_bytes = segment_bytes
        self._limit_bytes = limit_bytes
        self._clean = clean
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="log")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._file = -1
        self._segment = max([*segments(folder), load_cursor(folder).done[0]])
        self._size = 0
        self._syncing: asyncio.Task[None] | None = None
        self._looked_at = -LOOK_SECONDS
        self._backlog_bytes = 0
        self._closed = False

    async def append(self, entry: Entry) -> None:
        """Keep an entry; raises `LogFull` or `LogBroken`, and then the entry counts as never received."""
        if self.backlog_bytes() > self._limit_bytes:
            raise LogFull(
                f"the log holds `{self.backlog_bytes()}` bytes that are not stored yet",
                hint="send it again later; `/readyz` says how far behind the server is",
                retry_after_s=RETRY_AFTER_SECONDS,
            )
        if self._closed:
            raise LogBroken("the server is stopping", hint="send it again later", retry_after_s=RETRY_AFTER_SECONDS)
        if self._clean is not None:
            is_large = len(entry.body) > CLEAN_BESIDE_BYTES
            entry = await asyncio.to_thread(self._clean, entry) if is_large else self._clean(entry)
        record = encode_record(entry)
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((record, done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        await done

    def backlog_bytes(self) -> int:
        """Bytes that the worker has not finished with: never too few, and at most 0.2 s behind the worker."""
        now = time.monotonic()
        if now - self._looked_at > LOOK_SECONDS:
            self._looked_at = now
            self._backlog_bytes = backlog_bytes(self.folder)
        return self._backlog_bytes

    async def roll(self) -> None:
        """Close the newest file, so that what it holds may be written again (`erase.py`); the next one begins."""

        def roll() -> None:
            self._close_segment()
            self._open_segment()

        await asyncio.get_running_loop().run_in_executor(self._disk, roll)

    async def roll_when_asked(self) -> None:
        """Close the newest file whenever the worker asks for it (`ask_to_roll`); never returns."""
        while True:
            await asyncio.sleep(ROLL_SECONDS)
            with contextlib.suppress(OSError):
                (self.folder / ROLL).unlink()
                await self.roll()

    async def close(self) -> None:
        """Finish what is under way, sync and let go of the file."""
        self._closed = True
        while self._committing is not None:
            await self._committing
        if self._syncing is not None:
            self._syncing.cancel()
        await asyncio.get_running_loop().run_in_executor(self._disk, self._close_segment)
        self._disk.shutdown()

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                failure: BaseException | None = None
                try:
                    await loop.run_in_executor(self._disk, self._commit, [record for record, _ in group])
                except OSError as error:
                    failure = LogBroken(
                        f"the log could not be written: {error.strerror or error}",
                        hint="send it again later; look at the disk of the server's data folder",
                        retry_after_s=RETRY_AFTER_SECONDS,
                    )
                self._backlog_bytes += sum(len(record) for record, _ in group)
                for _, done in group:
                    if done.cancelled():
                        continue
                    if failure:
                        done.set_exception(failure)
                    else:
                        done.set_result(None)
                if self._durability == "200ms" and self._syncing is None:
                    self._syncing = asyncio.create_task(self._sync_soon())
        finally:
            self._committing = None

    async def _sync_soon(self) -> None:
        await asyncio.sleep(SYNC_SECONDS)
        self._syncing = None
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().run_in_executor(self._disk, self._sync_segment)

    def _sync_segment(self) -> None:
        if self._file >= 0:
            _sync(self._file)

    def _commit(self, records: list[bytes]) -> None:
        if self._file < 0 or self._size >= self._segment_bytes:
            self._close_segment()
            self._open_segment()
        data = b"".join(records)
        try:
            written = 0
            while written < len(data):
                written += os.write(self._file, memoryview(data)[written:])
            self._size += written
            if self._durability == "always":
                _sync(self._file)
        except OSError:
            # After a failed sync the system may have thrown the pages away, so nothing more goes into this file.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            os.close(self._file)
            self._file = -1
            raise

    def _open_segment(self) -> None:
        self._segment += 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(segment_path(self.folder, self._segment), flags, FILE_MODE)
        self._size = 0
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _close_segment(self) -> None:
        if self._file >= 0:
            _sync(self._file)
            os.close(self._file)
            self._file = -1


def ask_to_roll(folder: Path) -> None:
    """Ask whoever writes the log to close the newest file."""
    (folder / ROLL).touch()


def encode_record(entry: Entry) -> bytes:
    """An entry as it stands in a file."""
    payload = msgspec.msgpack.encode(entry)
    return HEADER.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload


def read(folder: Path, start: Position) -> Iterator[Record | Damage]:
    """Records from `start` to the present end, in order, with the damaged stretches between them.

    Ends where the last file ends or holds a record that is still being written; call again from the last `end`.
    """
    numbers = [number for number in segments(folder) if number >= start.segment]
    for number in numbers:
        offset = start.offset if number == start.segment else 0
        has_successor = number != numbers[-1]
        try:
            data = segment_path(folder, number).open("rb")
        except FileNotFoundError:
            continue
        with data:
            yield from _read_segment(data, number, offset, has_successor)


def _read_segment(data: Any, number: int, offset: int, has_successor: bool) -> Iterator[Record | Damage]:
    while True:
        data.seek(offset)
        header = data.read(HEADER.size)
        if not header:
            return
        entry, length = _read_record(data, header)
        if entry is not None:
            start, offset = offset, offset + HEADER.size + length
            yield Record(Position(number, start), Position(number, offset), entry)
            continue
        data.seek(offset)
        rest = data.read()
        sound = _next_sound(rest)
        if sound < 0 and not has_successor:
            return
        damaged = rest if sound < 0 else rest[:sound]
        start, offset = offset, offset + len(damaged)
        reason = "a record at the end was cut" if sound < 0 else "a record does not match its checksum"
        yield Damage(Position(number, start), Position(number, offset), reason, damaged)


def _read_record(data: Any, header: bytes) -> tuple[Entry | None, int]:
    if len(header) < HEADER.size:
        return None, 0
    magic, length, crc = HEADER.unpack(header)
    if magic != MAGIC:
        return None, 0
    payload = data.read(length)
    if len(payload) < length or zlib.crc32(payload) != crc:
        return None, 0
    try:
        return msgspec.msgpack.decode(payload, type=Entry), length
    except msgspec.MsgspecError:
        return None, 0


def _next_sound(rest: bytes) -> int:
    at = rest.find(MAGIC, 1)
    while at >= 0:
        if len(rest) - at >= HEADER.size:
            _, length, crc = HEADER.unpack_from(rest, at)
            payload = rest[at + HEADER.size : at + HEADER.size + length]
            if len(payload) == length and zlib.crc32(payload) == crc:
                return at
        at = rest.find(MAGIC, at + 1)
    return -1


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
        _sync(file.fileno())
    new.replace(folder / "cursor.json")


def backlog_bytes(folder: Path) -> int:
    """Bytes after the cursor."""
    segment, offset = load_cursor(folder).done
    total = 0
    for number in segments(folder):
        if number < segment:
            continue
        size = _size(segment_path(folder, number))
        total += max(size - offset, 0) if number == segment else size
    return total


def drop_before(folder: Path, position: Position, *, keep_bytes: int, keep_seconds: float, now: float) -> list[int]:
    """Delete files that lie wholly before `position`, oldest first, beyond what is to be kept; returns their numbers.

    `now` is seconds since the epoch.
    """
    finished = [number for number in segments(folder) if number < position.segment]
    kept_bytes = sum(_size(segment_path(folder, number)) for number in finished)
    dropped = []
    for number in finished:
        path = segment_path(folder, number)
        size = _size(path)
        if kept_bytes <= keep_bytes and now - path.stat().st_mtime <= keep_seconds:
            break
        path.unlink()
        kept_bytes -= size
        dropped.append(number)
    return dropped


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sync(file: int) -> None:
    # macOS has no fdatasync, and its fsync leaves the bytes in the drive's cache; F_FULLFSYNC does not.
    if hasattr(os, "fdatasync"):
        os.fdatasync(file)
    else:
        fcntl.fcntl(file, getattr(fcntl, "F_FULLFSYNC", 51))
