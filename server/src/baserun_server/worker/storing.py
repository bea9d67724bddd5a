"""Store batches: write them and roll them up, in halves where that fails; wait while the store is away.

No record keeps the others from being stored. Doing the same again does no harm.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..errors import Stopped, StoreAway, StoreGone, StoreLimit, StoreRefused, StoreShort
from ..ingest.dead_letters import keep_dead_letters
from ..ingest.pipeline import DeadLetter, reason_of, sift
from ..model import LISTS, Batch
from ..settings import Settings
from ..store.clickhouse import ClickHouseStore
from ..store.inserts import Insert
from ..store.touched import IDS, Touched, groups, touched_by
from .erasing import Eraser
from .reading import Stretch

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


class NotWhole(Exception):
    """A batch without its content has to be read again with everything."""


class Storing:
    """Stores batches; what the store refuses becomes dead letters."""

    def __init__(self, settings: Settings, store: ClickHouseStore, eraser: Eraser, stopping: asyncio.Event) -> None:
        """`stopping` ends every wait, by `Stopped`."""
        self._settings = settings
        self._store = store
        self._eraser = eraser
        self._stopping = stopping

    async def put(
        self,
        batch: Batch,
        letters: list[DeadLetter],
        inserts: list[Insert] | None = None,
        read_whole: Callable[[], Awaitable[Stretch]] | None = None,
    ) -> int:
        """Write a batch and roll up what it touched; keeps what the store refuses besides `letters`, and counts them.

        The same again does no harm. `inserts` are what the batch is stored with, where they are made already. A light
        batch, whose records have no content, is stored by its `inserts` as it is or not at all: where something has to
        be taken out of it or set aside, `read_whole` reads it again with everything.
        """
        touched: list[Touched] = []
        if batch.size:
            try:
                letters += await self._write(batch, inserts, touched, is_light=read_whole is not None)
            except NotWhole:
                assert read_whole is not None
                stretch = await read_whole()
                return await self.put(stretch.batch, list(stretch.letters), stretch.inserts)
        return await self._complete(batch, touched, letters)

    async def _complete(self, batch: Batch, touched: list[Touched], letters: list[DeadLetter]) -> int:
        """Roll up and keep the dead letters, once the facts are stored."""
        if touched:
            letters += await self.roll_up(batch.token, touched)
            await self._steadily(self._eraser.refuse_what_was_written, batch)
        if letters:
            now_us = time.time_ns() // 1000
            kept = await asyncio.to_thread(keep_dead_letters, self._settings.dead_letters, letters, now_us)
            logger.warning("%s records were put to the dead letters; the first: %s", kept, letters[0].reason)
        return len(letters)

    async def _write(
        self, batch: Batch, inserts: list[Insert] | None, touched: list[Touched], *, is_light: bool = False
    ) -> list[DeadLetter]:
        """Store a batch, in halves where that fails; returns the records that cannot be stored.

        What was stored is added to `touched`. Raises `NotWhole` where a light batch cannot be stored as it is.
        """
        try:
            has_erased = await self.patiently(self._eraser.refuse, batch)
            if is_light and (has_erased or not inserts):
                raise NotWhole
            await self._steadily(self._write_until_all_is_there, batch, None if has_erased else inserts)
        except (Stopped, NotWhole):
            raise
        except Exception as error:
            if is_light:
                logger.warning("batch `%s` was refused and is read again: %s", batch.token, reason_of(error))
                raise NotWhole from error
            # Whatever it was, it came from this batch: the same batch would fail the same way for ever.
            halves = _halves(batch)
            if halves is None:
                return [DeadLetter(batch.token, reason_of(error), record) for record in _records(batch)]
            logger.warning("batch `%s` was refused and is split: %s", batch.token, reason_of(error))
            return [letter for half in halves for letter in await self._write(half, None, touched)]
        # The facts are stored; of what fails here only the totals are missing, until a rebuild.
        lost = sift(batch, lambda part: touched.extend(touched_by(part)))
        if lost and is_light:
            raise NotWhole
        return [DeadLetter(f"{batch.token}/touched", reason_of(error), record) for record, error in lost]

    async def _write_until_all_is_there(self, batch: Batch, inserts: list[Insert] | None) -> None:
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
                await self.pause(FIRST_PAUSE_SECONDS * 2**attempt)
        return fault

    async def _steadily(self, call: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Like `patiently`; raises where the call ends the store, or what the store may take, again and again."""
        endings = 0
        while True:
            try:
                return await call(*arguments)
            except (StoreGone, StoreLimit) as error:
                logger.info("the store did not finish a statement: %s", error.message)
                fault = error
            except StoreAway:
                # It said itself that it cannot now, as when the disk is full.
                return await self.patiently(call, *arguments)
            if self._stopping.is_set():
                raise Stopped
            if endings == ENDINGS:
                raise StoreRefused(f"the store ended `{endings}` times over it") from fault
            await self.pause(FIRST_PAUSE_SECONDS * 2**endings)
            # Where it is away by itself, it is not this call that ends it.
            await self.patiently(self._store.data_version, "")
            endings += 1

    async def patiently(self, call: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Call, again and again while the store is away."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await call(*arguments)
            except (StoreAway, StoreLimit) as error:
                logger.info("the store is away, trying again in %.1f s: %s", pause_seconds, error.message)
            await self.pause(pause_seconds)
            if self._stopping.is_set():
                raise Stopped
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until it is asked to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except asyncio.TimeoutError:
            return


def _halves(batch: Batch) -> tuple[Batch, Batch] | None:
    """Two batches of half the records each, None where there is only one record."""
    records = [(name, record) for name in LISTS for record in getattr(batch, name)]
    if len(records) < 2:
        return None
    middle = len(records) // 2
    # The names of the halves follow from the batch's own, so they too are the same at every replay.
    halves = Batch(f"{batch.token}/a"), Batch(f"{batch.token}/b")
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
