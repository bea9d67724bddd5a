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
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..errors import Stopped, StoreAway, StoreGone, StoreLimit, StoreRefused, StoreShort
from ..ingest.dead_letters import keep_dead_letters
from ..ingest.log import Cursor, Position, drop_before, load_cursor, save_cursor
from ..ingest.pipeline import DeadLetter, Pipeline, reason_of, sift
from ..model import LISTS, Batch
from ..settings import Settings
from ..store.clickhouse import ClickHouseStore
from ..store.inserts import Insert
from ..store.touched import IDS, Touched, groups, touched_by
from .caution import Caution
from .erasing import Eraser
from .jobs import Jobs
from .read_ahead import ReadAhead
from .reading import LOOK_SECONDS, Reader, Stretch

logger = logging.getLogger("baserun.worker")

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
SHORT_ATTEMPTS = 3
"""Times that a batch of which the store kept less than was sent is written again before it is split."""
ROLL_UP_ATTEMPTS, ROLL_UP_FAULTS = 3, 16
"""Times that a batch's roll-up is tried, and keys whose roll-up may fail by themselves before the rest is given up."""
ENDINGS = 3
"""Times that the store may end, or run out of memory or time, over one statement that it had been up for."""
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
        self._cleaned_at = self._collected_at = time.monotonic()
        self._rest_until: dict[str, float] = {}

    def stop(self) -> None:
        """Ask it to end after the batch at hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until asked to stop."""
        try:
            await self._patiently(self._store.migrate)
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

    async def _between_batches(self) -> bool:
        """Erase and do a step of a job; whether there was a job. Neither stops what arrives from being stored."""
        await self._guarded("erasing", self._eraser.work)
        return bool(await self._guarded("a job", self._jobs.step, self))

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
        """What stands between the cursor and `end`, with everything."""
        return await asyncio.to_thread(self._reader.read, self._cursor.done, end)

    def _read_ahead(self, start: Position, enough: threading.Event, behind: bool) -> Stretch:
        stretch = self._ahead.read(start) if self._ahead and behind else None
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
        passed_bytes = stretch.end.offset - self._cursor.done.offset
        self._cursor = Cursor(done=stretch.end)
        await asyncio.to_thread(save_cursor, self._folder, self._cursor)
        self._caution.moved(passed_bytes if passed_bytes > 0 else stretch.end.offset)

    async def put(self, batch: Batch, letters: list[DeadLetter], inserts: list[Insert] | None = None) -> int:
        """Write a batch and roll up what it touched; keeps what the store refuses besides `letters`, and counts them.

        The same again does no harm. `inserts` are what the batch is stored with, where they are made already.
        """
        touched: list[Touched] = []
        if batch.size:
            letters += await self._write(batch, inserts, touched)
        return await self._complete(batch, touched, letters)

    async def _put_light(self, stretch: Stretch) -> bool:
        """The same for what was read elsewhere; False, and nothing rolled up, where not all of it can be stored as it
        is."""
        batch, touched = stretch.batch, []
        if batch.size:
            try:
                if not stretch.inserts or await self._patiently(self._eraser.refuse, batch):
                    return False
                await self._steadily(self._write_whole, batch, stretch.inserts)
                touched = touched_by(batch)
            except Stopped:
                raise
            except Exception as error:
                logger.warning("batch `%s` was refused and is read again: %s", batch.token, reason_of(error))
                return False
        await self._complete(batch, touched, list(stretch.letters))
        return True

    async def _complete(self, batch: Batch, touched: list[Touched], letters: list[DeadLetter]) -> int:
        """What follows when the facts are stored."""
        if touched:
            letters += await self.roll_up(batch.token, touched)
            await self._steadily(self._eraser.refuse_what_was_written, batch)
        if letters:
            now_us = time.time_ns() // 1000
            kept = await asyncio.to_thread(keep_dead_letters, self._settings.dead_letters, letters, now_us)
            logger.warning("%s records were put to the dead letters; the first: %s", kept, letters[0].reason)
        return len(letters)

    # --- towards the store -------------------------------------------------------------------------------------------

    async def _write(self, batch: Batch, inserts: list[Insert] | None, touched: list[Touched]) -> list[DeadLetter]:
        """Store a batch, in halves where that fails; returns the records that cannot be stored.

        What was stored is added to `touched`.
        """
        try:
            if await self._patiently(self._eraser.refuse, batch):
                inserts = None
            await self._steadily(self._write_whole, batch, inserts)
        except Stopped:
            raise
        except Exception as error:
            # Whatever it was, it came from this batch: the same batch would fail the same way for ever.
            halves = _halves(batch)
            if halves is None:
                return [DeadLetter(batch.token, reason_of(error), record) for record in _records(batch)]
            logger.warning("batch `%s` was refused and is split: %s", batch.token, reason_of(error))
            return [letter for half in halves for letter in await self._write(half, None, touched)]
        # The facts are stored; of what fails here only the totals are missing, until a rebuild.
        lost = sift(batch, lambda part: touched.extend(touched_by(part)))
        return [DeadLetter(f"{batch.token}/touched", reason_of(error), record) for record, error in lost]

    async def _write_whole(self, batch: Batch, inserts: list[Insert] | None) -> None:
        for attempt in range(SHORT_ATTEMPTS):
            try:
                return await self._store.write(batch, inserts)
            except StoreShort:
                if attempt == SHORT_ATTEMPTS - 1:
                    raise
        return None

    async def roll_up(self, token: str, touched: list[Touched]) -> list[DeadLetter]:
        """Compute again what was touched, in ever smaller pieces where that fails; letters for what cannot be had.

        The facts are stored: a later record of the same trace, or a rebuild, makes the totals good.
        """
        letters: list[DeadLetter] = []
        waiting = [touched]
        while waiting:
            piece = waiting.pop()
            fault = await self._roll_up_piece(token, piece, ROLL_UP_ATTEMPTS if piece is touched else 1)
            if fault is None:
                continue
            halves = _pieces(piece)
            if len(letters) >= ROLL_UP_FAULTS:
                # It is not single keys that are at fault.
                letters.append(
                    DeadLetter(f"{token}/roll-up", reason_of(fault), [p for w in [piece, *waiting] for p in w])
                )
                break
            if len(halves) > 1:
                waiting += [[half] for half in reversed(halves)]
            else:
                place = f"{token}/{len(letters)}/roll-up" if piece is not touched else f"{token}/roll-up"
                letters.append(DeadLetter(place, reason_of(fault), piece))
        return letters

    async def _roll_up_piece(self, token: str, touched: list[Touched], attempts: int) -> Exception | None:
        fault: Exception | None = None
        for attempt in range(attempts):
            try:
                await self._steadily(self._store.roll_up, touched)
                return None
            except Stopped:
                raise
            except Exception as error:
                fault = error
                logger.exception("the roll-up of batch `%s` failed", token)
                await self._pause(FIRST_PAUSE_SECONDS * 2**attempt)
        return fault

    async def _steadily(self, call: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Like `_patiently`; raises where the call ends the store, or what the store may take, again and again."""
        endings = 0
        while True:
            try:
                return await call(*arguments)
            except (StoreGone, StoreLimit) as error:
                logger.info("the store did not finish a statement: %s", error.message)
                fault = error
            except StoreAway:
                # It said itself that it cannot now, as when the disk is full.
                return await self._patiently(call, *arguments)
            if self._stopping.is_set():
                raise Stopped
            if endings == ENDINGS:
                raise StoreRefused(f"the store ended `{endings}` times over it") from fault
            await self._pause(FIRST_PAUSE_SECONDS * 2**endings)
            # Where it is away by itself, it is not this call that ends it.
            await self._patiently(self._store.data_version, "")
            endings += 1

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


def _records(batch: Batch) -> list[Any]:
    return [record for name in LISTS for record in getattr(batch, name)]


def _pieces(touched: list[Touched]) -> list[Touched]:
    """The same keys in about two halves, one piece where there is one key."""
    [*joined] = groups(touched, sys.maxsize)
    most = max((len(getattr(one, name)) for one in joined for name in IDS), default=0)
    return groups(touched, max(most // 2, 1)) if most > 1 or len(joined) > 1 else joined
