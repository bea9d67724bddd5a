"""Erasing a person: the front requests it, the worker does it between two batches, in the tables and in the log.

    front: a file in the folder `erasures` (it alone holds the plain id, and is gone when the tables are done)
    worker: plan → mark → delete → receipt → kept files of the log, dead letters → receipt
            → nothing of before is left on the disk → receipt

Everything may be done again after a crash. The log of another ingest node is cleaned by its own worker, which learns of
the erasure from the store.
"""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..ingest.dead_letters import aside
from ..ingest.erase import UNREADABLE, Id, Sweep, erase_from_dead_letters, erase_from_log
from ..ingest.log.cursor import load_cursor
from ..ingest.log.files import ask_to_roll, log_id, segments
from ..ingest.normalise import Aliases
from ..ingest.redaction.redact import redaction_of
from ..model import Batch
from ..private import replace_file
from ..settings import Settings, words
from ..store.clickhouse import ClickHouseStore
from ..store.erasure.plan import Plan
from ..store.touched import groups
from .places import strays

logger = logging.getLogger("baserun.erasing")

LOOK_SECONDS = 30.0
"""How often the store is queried for erasures that other nodes have done."""
PENDING_SECONDS = 1.0
"""How often while deleted rows are still on the disk, or a file of the log is still in use …"""
LONG_SECONDS = 120.0
"""… for so long; then a line of the log says what is in the way, and the checks become rarer."""
LATE_SECONDS = 20.0
"""How long records that were refused stay in the log: each time a file of it is closed and written again."""
RETRY_SECONDS = 5.0
TABLES, DISK = "tables", "disk"
"""Parts of a receipt."""


class Request(msgspec.Struct):
    """A request of the front."""

    project_id: str
    erasure_id: str
    user_id: str
    segment: int
    """The newest closed file of the log: the last one that may hold something from before the request."""
    include_aliases: bool = False
    """Whether ids that senders claimed to be the person's go too."""
    plan: Plan | None = None
    """What was found so far: after a crash less of it can be found again."""


class Cleaning(msgspec.Struct):
    """Progress of an erasure in the log of this node."""

    until: int
    """This file and those before it may hold something."""
    project_id: str = ""
    records: int = 0
    is_done: bool = False
    is_ours: bool = False
    """Whether it was requested here: then this node also notes that the disk is clean."""


class State(msgspec.Struct):
    """The files of the log that have to be searched, and for which erasures."""

    first: int | None = None
    """The oldest file that is; None where there is nothing to do …"""
    until: int = 0
    """… and the newest."""
    erasures: dict[str, Cleaning] = {}


def ask_to_erase(folder: Path, request: Request) -> None:
    """Leave a request for the worker; on the disk when it returns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(folder / f"{request.erasure_id}.json", msgspec.json.encode(request))


class Eraser:
    """The worker's part."""

    def __init__(self, settings: Settings, store: ClickHouseStore) -> None:
        self._erasure = store.erasure
        self._is_shared = not settings.embedded
        self._engine = settings.engine_dir
        self._requests = settings.erasures_dir
        self._log = settings.log_dir
        self._letters = settings.dead_letters
        self._redaction = redaction_of(settings)
        self._aliases = Aliases(tuple(words(settings.session_attributes)), tuple(words(settings.user_attributes)))
        self._path = settings.log_dir / "erased.json"
        self._state = _load_state(self._path)
        self._sweeping: asyncio.Task[None] | None = None
        self._sweep_at = 0.0
        self._roll_at = 0.0
        self._letters_seen: tuple[int, ...] = ()
        self._look_at = 0.0
        self._said_at = 0.0
        self._try_at: dict[Path, float] = {}
        for unfinished in self._requests.glob("*.new"):
            # It was never acknowledged, and holds an id.
            unfinished.unlink()

    async def work(self) -> None:
        """Do what was requested and what is due. What fails is tried again later and stops nothing else."""
        for path in sorted(self._requests.glob("*.json")):
            if time.monotonic() >= self._try_at.get(path, 0.0):
                await self._try(path)
        try:
            self._begin_sweep()
            if time.monotonic() >= self._look_at:
                self._look_at = time.monotonic() + await self._look()
        except Exception as error:
            # Whatever it is, fresh spans must not wait for it.
            logger.warning("erasures are looked after again in %.0f s: %s", RETRY_SECONDS, _say(error))
            self._look_at = self._sweep_at = time.monotonic() + RETRY_SECONDS

    async def refuse(self, batch: Batch) -> bool:
        """Take out of a batch, before it is written, what an erased person left behind; whether there was anything."""
        found = await self._erasure.refuse(batch)
        for refused in found:
            logger.info("refused records of erasure `%s`: %s", refused.erasure_id, refused.counts)
        if found:
            self._sweep_from(load_cursor(self._log).done.segment, _newest(self._log), LATE_SECONDS)
        return bool(found)

    async def refuse_what_was_written(self, batch: Batch) -> None:
        """Erase again what another node erased while this batch was being written."""
        if not self._is_shared:
            return
        for late in await self._erasure.refuse(batch, when=" late"):
            by_kind: dict[str, list[str]] = {"user": [], "session": [], "trace": [], "call": []}
            for kind, id_ in sorted(late.ids):
                by_kind[kind].append(id_)
            calls = by_kind["call"]
            plan = Plan(by_kind["user"], by_kind["trace"], by_kind["session"], response_ids=calls, completion_ids=calls)
            await self._erasure.erase(late.project_id, late.erasure_id, plan)
            await self._erasure.purge()

    async def _try(self, path: Path) -> None:
        try:
            await self._erase(path)
            self._try_at.pop(path, None)
        except msgspec.MsgspecError:
            self._try_at[path] = time.monotonic() + 60 * RETRY_SECONDS
            logger.error(
                "the request for an erasure `%s` cannot be read: it is damaged. hint: ask for the erasure again and"
                " remove the file",
                path,
            )
        except Exception as error:
            self._try_at[path] = time.monotonic() + RETRY_SECONDS
            logger.warning("erasure `%s` is tried again in %.0f s: %s", path.stem, RETRY_SECONDS, _say(error))

    async def _erase(self, path: Path) -> None:
        request = msgspec.json.decode(path.read_bytes(), type=Request)
        project_id, erasure_id = request.project_id, request.erasure_id
        found = await self._erasure.plan(project_id, request.user_id, include_aliases=request.include_aliases)
        request.plan = merged(found, request.plan)
        replace_file(path, msgspec.json.encode(request))
        await self._erasure.erase(project_id, erasure_id, request.plan)
        counts = {**request.plan.counts, "shared_sessions": len(request.plan.shared_ids)}
        # Begun before it is said that the tables are done: whoever reads that may ask whether the disk is.
        await self._erasure.purge()
        await self._erasure.receipt(project_id, erasure_id, TABLES, counts)
        self._clean_after(erasure_id, Cleaning(request.segment, project_id, is_ours=True))
        path.unlink()
        self._look_at = 0.0
        logger.info("erasure `%s` is done in the tables", erasure_id)

    async def _look(self) -> float:
        """See what erasures still lack, and note what they have; in how many seconds to look again."""
        # Alone, nobody else erases: without anything pending there is nothing to look for.
        pause_s = LOOK_SECONDS if self._is_shared else float("inf")
        for row in await self._erasure.receipts():
            erasure_id = row["erasure_id"]
            if TABLES not in row["parts"]:
                pause_s = min(pause_s, PENDING_SECONDS)
                continue
            if erasure_id not in self._state.erasures:
                # Heard of from another node, or forgotten: whatever is in the log by now may be from before.
                is_done = f"log {log_id(self._log)}" in row["parts"]
                heard_of = Cleaning(_newest(self._log), row["project_id"], is_done=is_done)
                self._clean_after(erasure_id, heard_of)
            cleaning = self._state.erasures[erasure_id]
            if not cleaning.is_done:
                pause_s = min(pause_s, PENDING_SECONDS)
            elif DISK not in row["parts"] and (cleaning.is_ours or not self._is_shared):
                pause_s = min(pause_s, await self._see_the_disk(row))
        return pause_s

    async def _see_the_disk(self, row: Mapping[str, Any]) -> float:
        """Say that an erasure is done where nothing of before is left on the disk; seconds until the next look."""
        erasure_id, before_us = row["erasure_id"], row["tables_us"]
        left = await self._erasure.unpurged(before_us)
        if not self._is_shared and not left:
            left = strays(self._engine, await self._erasure.known_parts(), before_us / 1e6)
        left += [f"the request `{path.name}`" for path in self._requests.glob(f"{erasure_id}.*")]
        if not left:
            await self._erasure.receipt(row["project_id"], erasure_id, DISK, {})
            logger.info("erasure `%s` is done on the disk", erasure_id)
            return PENDING_SECONDS
        if time.time() - before_us / 1e6 < LONG_SECONDS:
            return PENDING_SECONDS
        if time.monotonic() >= self._said_at:
            self._said_at = time.monotonic() + LONG_SECONDS
            logger.warning("erasure `%s` waits for %s places on the disk, as %s", erasure_id, len(left), left[0])
        return 10 * PENDING_SECONDS

    # --- the log and the dead letters --------------------------------------------------------------------------------

    def _clean_after(self, erasure_id: str, cleaning: Cleaning) -> None:
        self._state.erasures[erasure_id] = cleaning
        if not cleaning.is_done:
            self._letters_seen = ()
            self._sweep_from(0, cleaning.until, 0.0)
        replace_file(self._path, msgspec.json.encode(self._state))

    def _sweep_from(self, first: int, until: int, within_s: float) -> None:
        """Look through files of the log, within so many seconds."""
        state = self._state
        due_at, before = time.monotonic() + within_s, (state.first, state.until)
        if state.first is None:
            self._sweep_at, state.first, state.until = due_at, first, until
        else:
            self._sweep_at = min(self._sweep_at, due_at)
            state.first, state.until = min(state.first, first), max(state.until, until)
        if before != (state.first, state.until):
            replace_file(self._path, msgspec.json.encode(state))

    def _begin_sweep(self) -> None:
        """Look through what is to be looked through, beside everything else."""
        if self._sweeping is not None:
            if not self._sweeping.done():
                return
            done, self._sweeping = self._sweeping, None
            done.result()
        if self._state.first is None and self._state.erasures and self._letters_seen != self._letters_now():
            # A letter about somebody who was erased before.
            self._sweep_from(_newest(self._log), 0, LATE_SECONDS)
        if self._state.first is not None and time.monotonic() >= self._sweep_at:
            self._sweeping = asyncio.create_task(self._sweep(self._state.first, self._state.until))

    async def _sweep(self, first: int, until: int) -> None:
        state, loop = self._state, asyncio.get_running_loop()
        pending = {id_: cleaning for id_, cleaning in state.erasures.items() if not cleaning.is_done}

        def marked(project_id: str, ids: Collection[Id]) -> Mapping[Id, str]:
            asked = self._erasure.marked(project_id, ids, pending)
            return asyncio.run_coroutine_threadsafe(asked, loop).result()

        sweep = Sweep(marked, self._aliases, self._redaction, {cleaning.project_id for cleaning in pending.values()})
        # Requests that arrive meanwhile are noted beside this.
        state.first = None
        self._sweep_at = time.monotonic() + PENDING_SECONDS
        try:
            found = await asyncio.to_thread(erase_from_log, self._log, sweep, first, until)
            records, letters = found.records, self._letters_now()
            if letters != self._letters_seen:
                records = records + await asyncio.to_thread(erase_from_dead_letters, self._letters, sweep)
                self._letters_seen = self._letters_now()
        except BaseException:
            self._sweep_from(first, until, RETRY_SECONDS)
            raise
        if _newest(self._log) in found.waiting and time.monotonic() >= self._roll_at:
            self._roll_at = time.monotonic() + LATE_SECONDS
            ask_to_roll(self._log)
        if found.waiting:
            self._sweep_from(min(found.waiting), max(found.waiting), PENDING_SECONDS)
        if records[UNREADABLE]:
            logger.warning("an erasure took out `%s` requests or letters that nobody can read", records[UNREADABLE])
        for erasure_id, cleaning in pending.items():
            cleaning.records += records[erasure_id] + records[UNREADABLE]
            if all(number > cleaning.until for number in found.waiting):
                part = f"log {log_id(self._log)}"
                await self._erasure.receipt(cleaning.project_id, erasure_id, part, {"records": cleaning.records})
                cleaning.is_done = True
        self._look_at = 0.0 if pending else self._look_at
        replace_file(self._path, msgspec.json.encode(state))

    def _letters_now(self) -> tuple[int, ...]:
        """A fingerprint of the dead letters: it changes when they do."""
        found = []
        for part in (aside(self._letters), self._letters):
            with contextlib.suppress(FileNotFoundError):
                found.append(part.stat().st_mtime_ns)
        return tuple(found)


def _load_state(path: Path) -> State:
    """Load the progress; if it cannot be read, the whole log is searched once more."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except msgspec.MsgspecError:
        logger.warning("`%s` cannot be read; the whole log is looked through again", path)
        return State(0, _newest(path.parent))


def _newest(folder: Path) -> int:
    return max([0, *segments(folder)])


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def merged(plan: Plan, before: Plan | None) -> Plan:
    """Merge what two searches found."""
    if before is None:
        return plan
    for name in ("user_ids", "trace_ids", "session_ids", "shared_ids", "response_ids", "completion_ids"):
        setattr(plan, name, sorted({*getattr(plan, name), *getattr(before, name)}))
    plan.counts = {name: max(count, before.counts.get(name, 0)) for name, count in plan.counts.items()}
    if plan.rest and before.rest:
        (plan.rest,) = groups([before.rest, plan.rest], sys.maxsize) or [plan.rest]
    return plan
