"""Batches on disk: written before they are sent, deleted when they have arrived, so that they survive the process.

Each process writes into a folder of its own and holds a lock on it for as long as it lives; the next process finds the
folders whose lock is free and sends what is in them. A batch that was sent by a process which died before it could
delete it is sent again, with the same ids: the server keeps one of each.
"""

from __future__ import annotations

import os
import re
import time
from collections import deque
from typing import Any

from baserun._guard import warn_once
from baserun.context._ids import new_span_id
from baserun.delivery._loss import Loss

SUFFIX = ".json.gz"
_NAME = re.compile(r"\d+\.(spans|logs)\.\d+\.\d+\.json\.gz")
ADOPTION_INTERVAL_SECONDS = 30.0


class Entry:
    """A batch on disk. Its name says what it holds: number, signal, and what is lost if it is."""

    __slots__ = ("path", "signal", "size_bytes", "stands_for")

    def __init__(self, path: str, size_bytes: int) -> None:
        _, self.signal, records, contents, *_ = os.path.basename(path).split(".")
        self.path = path
        self.size_bytes = size_bytes
        self.stands_for: tuple[int, int] = (int(records), int(contents))
        """Records and contents."""

    @property
    def folder(self) -> str:
        """Return the folder of the process that wrote it."""
        return os.path.dirname(self.path)

    def read(self) -> bytes:
        """Return the content; nothing where the file is gone."""
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except OSError:
            return b""


class Spool:
    """The batches of this process on disk, and those that earlier processes left behind. Used by the sender only."""

    def __init__(self, directory: str, max_bytes: int, loss: Loss) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._loss = loss
        self.forget()

    def forget(self) -> None:
        """Begin anew in a forked child: folder and batches are the parent's."""
        self._own: str | None = None
        self._locks: dict[str, Any] = {}
        self._entries: deque[Entry] = deque()
        self._size_bytes = 0
        self._number = 0
        self._adopted_at = float("-inf")

    def has_leftovers(self) -> bool:
        """Whether there are folders of other processes, dead or alive."""
        try:
            return any(os.scandir(self._directory))
        except OSError:
            return False

    def keep(self, signal: str, content: bytes, records: int, contents: int) -> bool:
        """Write a batch; the oldest ones make room for it. False where the disk refuses.

        `records` and `contents` are what is lost if the batch is.
        """
        try:
            folder = self._own_folder()
            self._number += 1
            path = os.path.join(folder, f"{self._number:012d}.{signal}.{records}.{contents}{SUFFIX}")
            with open(path + ".part", "wb") as file:
                file.write(content)
            os.replace(path + ".part", path)
        except OSError as error:
            warn_once("spool", "Cannot write to the spool `%s`: `%s`\n\nhint: check the folder", self._directory, error)
            return False
        self._entries.append(Entry(path, len(content)))
        self._size_bytes += len(content)
        while self._size_bytes > self._max_bytes and len(self._entries) > 1:
            oldest = self._entries[0]
            self.forget_entry(oldest)
            self._loss.add("spool_bytes", *oldest.stands_for)
        return True

    def oldest(self) -> Entry | None:
        """Return the oldest batch, or None."""
        now = time.monotonic()
        if now - self._adopted_at > ADOPTION_INTERVAL_SECONDS:
            self._adopted_at = now
            self._adopt()
        return self._entries[0] if self._entries else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of this process or of an adopted one waits."""
        return not self._entries

    def forget_entry(self, entry: Entry) -> None:
        """Delete the oldest batch: it has arrived."""
        if self._entries and self._entries[0] is entry:
            self._size_bytes -= self._entries.popleft().size_bytes
        try:
            os.unlink(entry.path)
        except OSError:
            pass
        if entry.folder != self._own and not self._has_entries_in(entry.folder):
            self._remove(entry.folder)

    def close(self) -> None:
        """Let go of the locks; empty folders are removed, the others are the next process's."""
        for folder in list(self._locks):
            if not self._has_entries_in(folder):
                self._remove(folder)
            else:
                self._locks.pop(folder).close()
        self.forget()

    def _has_entries_in(self, folder: str) -> bool:
        return any(entry.folder == folder for entry in self._entries)

    def _own_folder(self) -> str:
        if self._own is None:
            folder = os.path.join(self._directory, f"{os.getpid()}-{new_span_id()}")
            os.makedirs(folder, mode=0o700)
            lock = open(os.path.join(folder, "lock"), "w")  # noqa: SIM115 - held for as long as the process lives
            _try_lock(lock)
            self._locks[folder] = lock
            self._own = folder
        return self._own

    def _adopt(self) -> None:
        """Take over what dead processes left."""
        try:
            folders = sorted(entry.path for entry in os.scandir(self._directory) if entry.is_dir())
        except OSError:
            return
        for folder in folders:
            if folder in self._locks:
                continue
            try:
                lock = open(os.path.join(folder, "lock"), "r+")  # noqa: SIM115 - held while its batches are sent
            except OSError:
                continue
            if not _try_lock(lock):
                lock.close()
                continue
            self._locks[folder] = lock
            batches = sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name))
            for name in reversed(batches):
                path = os.path.join(folder, name)
                entry = Entry(path, os.path.getsize(path))
                self._entries.appendleft(entry)
                self._size_bytes += entry.size_bytes
            if not batches:
                self._remove(folder)

    def _remove(self, folder: str) -> None:
        lock = self._locks.pop(folder, None)
        try:
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))
            os.rmdir(folder)
        except OSError:
            pass
        if lock is not None:
            lock.close()


def _try_lock(file: Any) -> bool:
    """Lock a file if nobody holds it; the lock goes with the process, however it ends."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
    except OSError:
        return False
    return True
