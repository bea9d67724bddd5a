"""The worker: from the write-ahead log into the store.

    read a stretch of the log → note where it ends → write the batch → roll up what it touched → move the cursor

The next stretch is read while the store is at work with the one before: reading goes on until that is done or the batch
is full. So a quiet log is stored in small batches, soon, and a backlog in large ones, at the least cost. Those are read
by a process of its own (`read_ahead.py`).

The worker may be killed at any moment. What was noted is read and written again after the start, as the same batch
under the same token, and a batch is stored once; so nothing is lost and nothing is there twice. Where the store is away
the worker waits for it.

Nothing that one entry holds keeps the others from being stored:

- what cannot be read is set aside as a dead letter, a record or an entry (`ingest/pipeline.py`);
- a batch that the store refuses, or that ends the store again and again, is halved until the record stands alone;
- totals that cannot be computed are computed in halves, too;
- a job or an erasure that fails ends with its reason, or is tried again later, between batches;
- what ends the worker itself is found by ever smaller batches (`caution.py`).
"""

import asyncio
import functools
import gc
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..errors import Stopped
from ..ingest.log import Position
from ..ingest.log.cursor import Cursor, load_cursor, save_cursor
from ..ingest.log.files import drop_before
from ..ingest.pipeline import Pipeline, reason_of
from ..settings import Settings
from ..store.clickhouse import ClickHouseStore
from .caution import Caution
from .erasing import Eraser
from .jobs import Jobs
from .read_ahead import ReadAhead
from .reading import LOOK_SECONDS, Reader, Stretch
from .storing import Storing

logger = logging.getLogger("baserun.worker")

T = TypeVar("T")

REST_SECONDS = 60.0
"""How long a job or an erasure rests that failed in a way that nobody foresaw."""
CLEAN_SECONDS = 30.0
COLLECT_SECONDS = 600.0
"""After so long the collector runs even while batches are under way; otherwise it waits for a moment without one."""


class Worker:
    """Moves the cursor of one log."""

    def __init__(
        self,
        settings: Settings,
        store: ClickHouseStore,
        pipeline: Pipeline,
        read_ahead: ReadAhead | None = None,
        *,
        bound_cpu: bool = False,
    ) -> None:
        self._settings = settings
        self._store = store
        self._pipeline = pipeline
        self._eraser = Eraser(settings, store)
        self._folder = settings.log_dir
        self._cursor = load_cursor(self._folder)
        self._caution = Caution(self._folder, self._cursor.done)
        self._reader = Reader(settings, pipeline, begin=self._caution.begin, bound_cpu=bound_cpu)
        self._ahead = read_ahead
        self._jobs = Jobs(settings, pipeline)
        self._stopping = asyncio.Event()
        self.storing = Storing(settings, store, self._eraser, self._stopping)
        self._cleaned_at = self._collected_at = time.monotonic()
        self._rest_until: dict[str, float] = {}

    def stop(self) -> None:
        """Stop after the current batch."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until asked to stop."""
        try:
            await self.storing.patiently(self._store.migrate)
            while self._caution.entries and not self._stopping.is_set():
                await self._go_carefully()
            if self._cursor.batch_end:
                self._caution.begin(self._cursor.done)
                await self._finish(await self._read_whole(self._cursor.batch_end))
            await self._follow()
        except Stopped:
            logger.info("stopped while the store was away; the log keeps what is not stored")
        self._caution.rest()

    async def _go_carefully(self) -> None:
        """One small batch, with nothing beside it: no reading ahead."""
        if self._caution.skips:
            reason = f"reading or storing it ended the worker `{self._caution.deaths}` times"
            stretch = await asyncio.to_thread(self._reader.set_aside, self._cursor.done, reason)
            logger.error("the entry at `%s` of the log is set aside: %s", self._cursor.done, reason)
        else:
            read = functools.partial(self._reader.read, most_entries=self._caution.entries)
            stretch = await asyncio.to_thread(read, self._cursor.done)
        if stretch.end == self._cursor.done:
            # All of the log has been passed.
            self._caution.lift()
            return
        await self._finish(stretch)
        await self._between_batches()

    async def _follow(self) -> None:
        interval_seconds = self._settings.batch_interval_ms / 1000
        enough, reading = self._begin_reading(self._cursor.done)
        try:
            while True:
                has_job = await self._between_batches()
                enough.set()
                stretch = await reading
                if self._stopping.is_set():
                    return
                began_at = time.monotonic()
                if stretch.end == self._cursor.done:
                    self._clean(at_rest=True)
                    self._caution.rest()
                    if not has_job:
                        await self.storing.pause(LOOK_SECONDS)
                    enough, reading = self._begin_reading(self._cursor.done)
                    continue
                enough, reading = self._begin_reading(stretch.end, behind=stretch.full)
                await self._note(stretch)
                await self._finish(stretch)
                is_full = stretch.full
                # Some hundred megabytes, which the batch after the next will need.
                del stretch
                self._clean(at_rest=False)
                if not is_full and not has_job:
                    await self.storing.pause(began_at + interval_seconds - time.monotonic())
        finally:
            enough.set()
            await asyncio.gather(reading, return_exceptions=True)

    async def _between_batches(self) -> bool:
        """Erase, and do a step of a job; returns whether there was one. Neither keeps new records from being stored."""
        await self._guarded("erasing", self._eraser.work)
        return bool(await self._guarded("a job", self._jobs.step, self.storing))

    async def _guarded(self, name: str, call: Callable[..., Awaitable[T]], *arguments: Any) -> T | None:
        if time.monotonic() < self._rest_until.get(name, 0):
            return None
        try:
            return await call(*arguments)
        except Stopped:
            raise
        except Exception as error:
            logger.exception("%s failed (%s) and is tried again in %.0f s", name, reason_of(error), REST_SECONDS)
            self._rest_until[name] = time.monotonic() + REST_SECONDS
            return None

    def _begin_reading(
        self, start: Position, *, behind: bool = False
    ) -> tuple[threading.Event, "asyncio.Task[Stretch]"]:
        """Read a batch from `start` on: until it is full, or the event is set and there is no more."""
        enough = threading.Event()
        return enough, asyncio.create_task(asyncio.to_thread(self._read_ahead, start, enough, behind))

    async def _read_whole(self, end: Position) -> Stretch:
        """Read everything between the cursor and `end`, content included."""
        return await asyncio.to_thread(self._reader.read, self._cursor.done, end)

    def _read_ahead(self, start: Position, enough: threading.Event, behind: bool) -> Stretch:
        stretch = self._ahead.read(start) if self._ahead and behind else None
        return stretch or self._reader.read(start, None, enough)

    async def _note(self, stretch: Stretch) -> None:
        self._cursor.batch_end = stretch.end
        await asyncio.to_thread(save_cursor, self._folder, self._cursor)

    async def _finish(self, stretch: Stretch) -> None:
        """Write, roll up, move the cursor. Doing the same again does no harm."""
        read_whole = functools.partial(self._read_whole, stretch.end) if stretch.is_light else None
        await self.storing.put(stretch.batch, list(stretch.letters), stretch.inserts, read_whole)
        passed_bytes = stretch.end.offset - self._cursor.done.offset
        self._cursor = Cursor(done=stretch.end)
        await asyncio.to_thread(save_cursor, self._folder, self._cursor)
        self._caution.moved(passed_bytes if passed_bytes > 0 else stretch.end.offset)

    def _clean(self, *, at_rest: bool) -> None:
        if at_rest and self._ahead:
            self._ahead.rest()
        now = time.monotonic()
        if now - self._cleaned_at < CLEAN_SECONDS:
            return
        self._cleaned_at = now
        if at_rest or now - self._collected_at > COLLECT_SECONDS:
            self._collected_at = now
            gc.collect()
        drop_before(
            self._folder,
            self._cursor.done,
            keep_bytes=self._settings.log_keep_bytes,
            keep_seconds=self._settings.log_keep_hours * 3600,
            now=time.time(),
        )
