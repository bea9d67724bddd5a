"""The writing side of the log: what the front does before it acknowledges a request."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from ...errors import LogBroken, LogFull
from ...private import FILE_MODE, make_folder
from . import Entry
from .cursor import backlog_bytes, load_cursor
from .files import ROLL, segment_path, segments, sync
from .records import encode_record

Durability = Literal["always", "200ms", "off"]
SYNC_SECONDS = 0.2
LOOK_SECONDS = 0.2
RETRY_AFTER_SECONDS = 5
ROLL_SECONDS = 1.0
CLEAN_BESIDE_BYTES = 64 << 10
"""Requests above this size are cleaned beside the event loop: about 30 spans, 5 ms."""


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
            sync(self._file)

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
                sync(self._file)
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
            sync(self._file)
            os.close(self._file)
            self._file = -1
