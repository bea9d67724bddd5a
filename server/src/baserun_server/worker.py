"""The worker: from the write-ahead log into the store.

    python -m baserun_server.worker

    read a stretch of the log → note where it ends → write the batch → roll up what it touched → move the cursor

The next stretch is read while the store is at work with the one before: reading goes on until that is done or the batch
is full. So a quiet log is stored in small batches, soon, and a backlog in large ones, at the least cost. Those are read
by a helper, a process of its own.

The worker may be killed at any moment. What was noted is read and written again after the start, as the same batch
under the same token, and a batch is stored once; so nothing is lost and nothing is there twice. Where the store is away
the worker waits for it. Where the store refuses a batch, the batch is halved until the guilty record stands alone, and
that record goes to the dead letters.
"""

import asyncio
import gc
import logging
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from .erasing import Eraser
from .errors import DataFolderTaken, StoreAway, StoreLimit, StoreShort
from .helper import Helper
from .ingest.dead_letters import keep_dead_letters
from .ingest.log import Cursor, FolderLock, Position, drop_before, load_cursor, save_cursor
from .ingest.pipeline import DeadLetter, Pipeline
from .jobs import Jobs
from .lifeline import hold_lifeline
from .model import LISTS, Batch
from .private import become_private
from .reading import LOOK_SECONDS, Reader, Stretch
from .settings import Settings
from .store.clickhouse import ClickHouseStore
from .store.inserts import Insert
from .store.touched import Touched, touched_by

logger = logging.getLogger("baserun.worker")

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
SHORT_ATTEMPTS = 3
"""Times that a batch of which the store kept less than was sent is written again before it is split."""
ROLL_UP_ATTEMPTS = 5
CLEAN_SECONDS = 30.0
SWITCH_SECONDS = 0.0005
COLLECT_SECONDS = 600.0
"""After so long the collector runs even while batches are under way; otherwise it waits for a moment without one."""


class Stopped(Exception):
    """The worker was asked to stop while it waited for the store."""


class Worker:
    """Moves the cursor of one log."""

    def __init__(
        self, settings: Settings, store: ClickHouseStore, pipeline: Pipeline, helper: Helper | None = None
    ) -> None:
        self._settings = settings
        self._store = store
        self._pipeline = pipeline
        self._eraser = Eraser(settings, store)
        self._folder = settings.log_dir
        self._cursor = load_cursor(self._folder)
        self._reader = Reader(settings, pipeline)
        self._helper = helper
        self._jobs = Jobs(settings, pipeline)
        self._stopping = asyncio.Event()
        self._cleaned_at = self._collected_at = time.monotonic()

    def stop(self) -> None:
        """Ask it to end after the batch at hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until asked to stop."""
        try:
            await self._patiently(self._store.migrate)
            if self._cursor.batch_end:
                await self._finish(await self._read_whole(self._cursor.batch_end))
            await self._follow()
        except Stopped:
            logger.info("stopped while the store was away; the log keeps what is not stored")

    async def _follow(self) -> None:
        interval_seconds = self._settings.batch_interval_ms / 1000
        enough, reading = self._begin_reading(self._cursor.done)
        try:
            while True:
                await self._eraser.work()
                has_job = await self._jobs.step(self)
                enough.set()
                stretch = await reading
                if self._stopping.is_set():
                    return
                began_at = time.monotonic()
                if stretch.end == self._cursor.done:
                    self._clean(at_rest=True)
                    if not has_job:
                        await self._pause(LOOK_SECONDS)
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
                    await self._pause(began_at + interval_seconds - time.monotonic())
        finally:
            enough.set()
            await asyncio.gather(reading, return_exceptions=True)

    def _begin_reading(
        self, start: Position, *, behind: bool = False
    ) -> tuple[threading.Event, "asyncio.Task[Stretch]"]:
        """Read a batch from `start` on: until it is full, or the event is set and there is no more."""
        enough = threading.Event()
        return enough, asyncio.create_task(asyncio.to_thread(self._read_ahead, start, enough, behind))

    async def _read_whole(self, end: Position) -> Stretch:
        """What stands between the cursor and `end`, with everything."""
        return await asyncio.to_thread(self._reader.read, self._cursor.done, end)

    def _read_ahead(self, start: Position, enough: threading.Event, behind: bool) -> Stretch:
        stretch = self._helper.read(start) if self._helper and behind else None
        return stretch or self._reader.read(start, None, enough)

    async def _note(self, stretch: Stretch) -> None:
        self._cursor.batch_end = stretch.end
        await asyncio.to_thread(save_cursor, self._folder, self._cursor)

    async def _finish(self, stretch: Stretch) -> None:
        """Write, roll up, move on; the same again does no harm."""
        if not stretch.is_light:
            await self.put(stretch.batch, list(stretch.letters), stretch.inserts)
        elif not await self._put_light(stretch):
            # Something is to be taken out of it, or to be put aside.
            stretch = await self._read_whole(stretch.end)
            await self.put(stretch.batch, list(stretch.letters), stretch.inserts)
        self._cursor = Cursor(done=stretch.end)
        await asyncio.to_thread(save_cursor, self._folder, self._cursor)

    async def put(self, batch: Batch, letters: list[DeadLetter], inserts: list[Insert] | None = None) -> int:
        """Write a batch and roll up what it touched; keeps what the store refuses besides `letters`, and counts them.

        The same again does no harm. `inserts` are what the batch is stored with, where they are made already.
        """
        if batch.size:
            if await self._patiently(self._eraser.refuse, batch):
                inserts = None
            letters += await self._write(batch, inserts)
        return await self._roll_up_batch(batch, letters)

    async def _roll_up_batch(self, batch: Batch, letters: list[DeadLetter]) -> int:
        if batch.size:
            letters += await self.roll_up(batch.token, touched_by(batch))
            await self._patiently(self._eraser.refuse_what_was_written, batch)
        if letters:
            kept = keep_dead_letters(self._settings.dead_letters, letters, time.time_ns() // 1000)
            logger.warning("%s records were put to the dead letters; the first: %s", kept, letters[0].reason)
        return len(letters)

    async def _put_light(self, stretch: Stretch) -> bool:
        """The same for what was read elsewhere; False, and nothing rolled up, where not all of it can be stored as it
        is."""
        batch = stretch.batch
        if batch.size:
            if not stretch.inserts or await self._patiently(self._eraser.refuse, batch):
                return False
            try:
                await self._patiently(self._write_whole, batch, stretch.inserts)
            except Stopped:
                raise
            except Exception as error:
                logger.warning("batch `%s` was refused and is read again: %s", batch.token, error)
                return False
        await self._roll_up_batch(batch, list(stretch.letters))
        return True

    # --- towards the store -------------------------------------------------------------------------------------------

    async def _write(self, batch: Batch, inserts: list[Insert] | None = None) -> list[DeadLetter]:
        """Store a batch, in halves where it is refused; returns the records that the store will not have."""
        try:
            await self._patiently(self._write_whole, batch, inserts)
        except Stopped:
            raise
        except Exception as error:
            # Whatever it was, it came from this batch: the same batch would fail the same way for ever.
            halves = _halves(batch)
            if halves is None:
                return [DeadLetter(batch.token, f"{type(error).__name__}: {error}", _only_record(batch))]
            logger.warning("batch `%s` was refused and is split: %s", batch.token, error)
            return [letter for half in halves for letter in await self._write(half)]
        return []

    async def _write_whole(self, batch: Batch, inserts: list[Insert] | None) -> None:
        for attempt in range(SHORT_ATTEMPTS):
            try:
                return await self._store.write(batch, inserts)
            except StoreShort:
                if attempt == SHORT_ATTEMPTS - 1:
                    raise
        return None

    async def roll_up(self, token: str, touched: list[Touched]) -> list[DeadLetter]:
        """Reckon again what was touched; a letter where that is not to be had."""
        for attempt in range(ROLL_UP_ATTEMPTS):
            try:
                await self._patiently(self._store.roll_up, touched)
                return []
            except Stopped:
                raise
            except Exception as error:
                logger.exception("the roll-up of batch `%s` failed", token)
                if attempt == ROLL_UP_ATTEMPTS - 1:
                    # The facts are stored; a later record of the same traces, or a rebuild, makes the roll-up good.
                    return [DeadLetter(f"{token}/roll-up", f"{type(error).__name__}: {error}", touched)]
                await self._pause(FIRST_PAUSE_SECONDS * 2**attempt)
        return []

    async def _patiently(self, call: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Call, again and again while the store is away."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await call(*arguments)
            except (StoreAway, StoreLimit) as error:
                logger.info("the store is away, trying again in %.1f s: %s", pause_seconds, error.message)
            await self._pause(pause_seconds)
            if self._stopping.is_set():
                raise Stopped
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except asyncio.TimeoutError:
            return

    def _clean(self, *, at_rest: bool) -> None:
        if at_rest and self._helper:
            self._helper.rest()
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


def _halves(batch: Batch) -> tuple[Batch, Batch] | None:
    """Two batches of half the records each, None where there is only one record."""
    records = [(name, record) for name in LISTS for record in getattr(batch, name)]
    if len(records) < 2:
        return None
    middle = len(records) // 2
    # The names of the halves follow from the batch's own, so they too are the same at every replay.
    halves = Batch(f"{batch.token}/a", [], [], [], [], []), Batch(f"{batch.token}/b", [], [], [], [], [])
    for half, part in zip(halves, (records[:middle], records[middle:]), strict=True):
        for name, record in part:
            getattr(half, name).append(record)
    return halves


def _only_record(batch: Batch) -> Any:
    return next(record for name in LISTS for record in getattr(batch, name))


async def work(settings: Settings) -> None:
    """Run a worker until SIGTERM or SIGINT."""
    store = ClickHouseStore.of(settings)
    helper = Helper()
    worker = Worker(settings, store, Pipeline.of(settings), helper)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        await worker.run()
    finally:
        helper.close()
        await store.close()


def main() -> int:
    """Run the worker process; 2 where another worker has the log."""
    become_private()
    hold_lifeline()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    # Records hold no reference cycles, and there are millions of objects in a batch: looking for cycles while one is
    # read and rolled up costs a quarter of the time. `_clean` looks for them when no batch is there.
    gc.disable()
    # Reading holds the interpreter; a statement for the store that has become due must not wait 5 ms for it each time.
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = Settings()
    try:
        lock = FolderLock(settings.log_dir)
    except DataFolderTaken as taken:
        logger.error("%s", taken.message)
        return 2
    try:
        asyncio.run(work(settings))
    finally:
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
