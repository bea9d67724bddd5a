"""Erasing a person: asked for by the front, done by the worker between two batches, in the tables and in the log.

    front: a file in the folder `erasures` (it alone holds the plain id, and is gone when the tables are done)
    worker: plan → mark → delete → receipt → purge in the background → kept files of the log → receipt

Everything may be done again after a crash. The log of another ingest node is cleaned by its own worker, which learns of
the erasure from the store.
"""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import orjson

from .errors import StoreError
from .ingest.dead_letters import change_dead_letters, projects_of
from .ingest.decode import SentLog, SentSpan
from .ingest.erase import erase_from_dead_letters, erase_from_log
from .ingest.log import log_id, segments
from .ingest.normalise import made_id
from .model import Batch
from .settings import Settings
from .store.clickhouse import ClickHouseStore
from .store.erasure import NotErased, Plan
from .store.tombstones import id_hash
from .store.touched import groups

logger = logging.getLogger("baserun.erasing")

LOOK_SECONDS = 30.0
"""How often the store is asked for erasures that other nodes have done."""
PENDING_SECONDS = 1.0
"""How often while deleted rows are still on the disk, or a file of the log is still in use."""
RETRY_SECONDS = 5.0
TABLES, DISK = "tables", "disk"
"""Parts of a receipt."""


class Request(msgspec.Struct):
    """What the front asks for."""

    project_id: str
    erasure_id: str
    user_id: str
    segment: int
    """The newest closed file of the log: the last one that may hold something from before the request."""
    plan: Plan | None = None
    """What was found so far: after a crash less of it can be found again."""


class Cleaning(msgspec.Struct):
    """How far an erasure is in the log of this node."""

    until: int
    """This file and those before it may hold something."""
    records: int = 0
    is_done: bool = False


def ask_to_erase(folder: Path, request: Request) -> None:
    """Leave a request for the worker; on the disk when it returns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _save(folder / f"{request.erasure_id}.json", msgspec.json.encode(request))


class Eraser:
    """The worker's part."""

    def __init__(self, settings: Settings, store: ClickHouseStore) -> None:
        self._erasure = store.erasure
        self._is_shared = not settings.embedded
        self._requests = settings.erasures_dir
        self._log = settings.log_dir
        self._letters = settings.dead_letters
        self._state = settings.log_dir / "erased.json"
        self._look_at = 0.0
        self._try_at = 0.0

    async def work(self) -> None:
        """Do what is asked for and what is due; a failure is tried again later and stops nothing else."""
        now = time.monotonic()
        try:
            if now >= self._try_at:
                for path in sorted(self._requests.glob("*.json")):
                    await self._erase(path)
                    self._look_at = now
            if now >= self._look_at:
                pending = await self._look()
                # Alone, nobody else erases: without anything pending there is nothing to look for.
                quiet = LOOK_SECONDS if self._is_shared else float("inf")
                self._look_at = now + (PENDING_SECONDS if pending else quiet)
        except (StoreError, NotErased, OSError) as error:
            logger.warning("an erasure is tried again: %s", error)
            self._try_at = now + RETRY_SECONDS
            self._look_at = now + RETRY_SECONDS

    async def refuse(self, batch: Batch) -> bool:
        """Take out of a batch, before it is written, what an erased person left behind; whether there was anything."""
        found = await self._erasure.refuse(batch)
        for refused in found:
            logger.info("refused records of erasure `%s`: %s", refused.erasure_id, refused.counts)
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

    async def _erase(self, path: Path) -> None:
        request = msgspec.json.decode(path.read_bytes(), type=Request)
        project_id, erasure_id = request.project_id, request.erasure_id
        request.plan = merged(await self._erasure.plan(project_id, request.user_id), request.plan)
        _save(path, msgspec.json.encode(request))
        await self._erasure.erase(project_id, erasure_id, request.plan)
        counts = {**request.plan.counts, "shared_sessions": len(request.plan.shared_ids)}
        # Begun before it is said that the tables are done: whoever reads that may ask whether the disk is.
        await self._erasure.purge()
        await self._erasure.receipt(project_id, erasure_id, TABLES, counts)
        state = self._load_state()
        state[erasure_id] = Cleaning(until=request.segment)
        _save(self._state, msgspec.json.encode(state))
        path.unlink()
        logger.info("erasure `%s` is done in the tables", erasure_id)

    async def _look(self) -> bool:
        """Clean the log after every erasure that it was not cleaned after; whether anything is still to come."""
        state, pending = self._load_state(), False
        for row in await self._erasure.receipts():
            if TABLES not in row["parts"]:
                pending = True
                continue
            if DISK not in row["parts"]:
                if await self._erasure.purging():
                    pending = True
                else:
                    await self._erasure.receipt(row["project_id"], row["erasure_id"], DISK, {})
            # Heard of from another node: whatever is in the log by now may be from before.
            cleaning = state.setdefault(row["erasure_id"], Cleaning(until=max([0, *segments(self._log)])))
            if not cleaning.is_done:
                await self._clean(row["project_id"], row["erasure_id"], cleaning)
                _save(self._state, msgspec.json.encode(state))
                pending = pending or not cleaning.is_done
        return pending

    def _load_state(self) -> dict[str, Cleaning]:
        return msgspec.json.decode(self._state.read_bytes(), type=dict[str, Cleaning]) if self._state.exists() else {}

    async def _clean(self, project_id: str, erasure_id: str, cleaning: Cleaning) -> None:
        hashes = await self._erasure.marks_of(project_id, erasure_id)

        def names_one(values: Iterator[Any]) -> bool:
            return any(
                id_hash(project_id, kind, value) in hashes
                for value in values
                if isinstance(value, str) and value
                for kind in ("user", "session", "trace", "call")
            )

        def concerns(project: str, sent: SentSpan | SentLog) -> bool:
            ids = (sent.trace_id, made_id(sent.trace_id, 16)) if sent.trace_id else ()
            return project == project_id and names_one(iter([*ids, *sent.attributes.values()]))

        def keep(line: bytes) -> list[bytes]:
            letter = orjson.loads(line)
            # Another project's letter may name the same ids; damaged bytes name none.
            is_other = bool(projects_of(letter)) and project_id not in projects_of(letter)
            return [line] if is_other or not names_one(_strings(letter["record"])) else []

        erased = await asyncio.to_thread(erase_from_log, self._log, concerns)
        if self._letters.exists():
            erased_letters = await asyncio.to_thread(erase_from_dead_letters, self._letters, concerns, ())
            erased_letters += await asyncio.to_thread(change_dead_letters, self._letters, keep)
            cleaning.records += erased_letters
        cleaning.records += erased.records
        cleaning.is_done = all(number > cleaning.until for number in erased.waiting)
        if cleaning.is_done:
            part = f"log {log_id(self._log)}"
            await self._erasure.receipt(project_id, erasure_id, part, {"records": cleaning.records})


def merged(plan: Plan, before: Plan | None) -> Plan:
    """What two looks together found."""
    if before is None:
        return plan
    for name in ("user_ids", "trace_ids", "session_ids", "shared_ids", "response_ids", "completion_ids"):
        setattr(plan, name, sorted({*getattr(plan, name), *getattr(before, name)}))
    plan.counts = {name: max(count, before.counts.get(name, 0)) for name, count in plan.counts.items()}
    if plan.rest and before.rest:
        (plan.rest,) = groups([before.rest, plan.rest], sys.maxsize) or [plan.rest]
    return plan


def _strings(value: Any) -> Iterator[Any]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _save(path: Path, data: bytes) -> None:
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
