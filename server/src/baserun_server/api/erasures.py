"""Erasing a person: what it would concern, the request, and the receipt."""

import asyncio
from typing import Annotated
from uuid import uuid4

from fastapi import Query, Request, Response

from ..errors import Conflict
from ..ingest.log.files import segments
from ..store.erasure.plan import Plan
from ..worker.erasing import Request as ErasureRequest
from ..worker.erasing import ask_to_erase
from . import schemas
from .answers.reader import Ask, Reader, not_found
from .http.parameters import ErasureParameters, Id, Parameters
from .http.times import format_time


async def erase_user(
    request: Request, response: Response, ask: Ask, user_id: Id, query: Annotated[ErasureParameters, Query()]
) -> schemas.ErasurePlan:
    """Erase everything of a user, by whichever of the ids; with `dry_run` only say what that is.

    Their sessions, traces, judgements, log entries and traits go, in the tables, in the kept files of the log and in
    the dead letters. Of a session in which others took part their traces go and the rest stays. What arrives later
    under any of their ids is refused, until the erasure is lifted.

    Ids that were linked through the API are the person's. Those that only an application's `identify` linked are
    `claimed_ids`: whoever may send can claim any id, so `include_aliases` must say whether they go too.
    """
    erasure = ask.store.erasure
    included = query.include_aliases is True
    plan = await erasure.plan(ask.project_id, user_id, include_aliases=included)
    if not any(plan.counts.values()):
        raise not_found("user", user_id)
    counts = {**plan.counts, "shared_sessions": len(plan.shared_ids)}
    if query.dry_run:
        return _answer(plan, counts, None)
    if plan.claimed_ids and query.include_aliases is None:
        raise Conflict(
            f"`{len(plan.claimed_ids)}` more ids are linked to this user, but only by what an application sent",
            hint="look at `claimed_ids` of the same request with `dry_run=true`; then erase with `include_aliases=true`"
            " where they are the same person's, or with `include_aliases=false` to leave them",
            field="include_aliases",
        )
    # Before anything is promised: without a key there can be no marks.
    erasure.keys.need()
    erasure_id = uuid4().hex
    state = request.app.state
    # What the log holds of them can be taken out of closed files only.
    await state.log.roll()
    newest = max(segments(state.settings.log_dir)) - 1
    wanted = ErasureRequest(ask.project_id, erasure_id, user_id, newest, included, plan)
    await asyncio.to_thread(ask_to_erase, state.settings.erasures_dir, wanted)
    await erasure.receipt(ask.project_id, erasure_id, "requested", {})
    response.status_code = 202
    return _answer(plan, counts, erasure_id)


async def find_erasures(ask: Ask, query: Annotated[Parameters, Query()]) -> schemas.ErasurePage:
    """Every erasure of the project, the newest first."""
    found = await _receipts(ask, "")
    return schemas.ErasurePage(items=sorted(found, key=lambda one: one.parts[0].at, reverse=True))


async def get_erasure(ask: Ask, erasure_id: Id, query: Annotated[Parameters, Query()]) -> schemas.Erasure:
    """The receipt of an erasure: what was taken out of which part, and when."""
    found = await _receipts(ask, erasure_id)
    if not found:
        raise not_found("erasure", erasure_id)
    return found[0]


async def lift_erasure(ask: Ask, erasure_id: Id, query: Annotated[Parameters, Query()]) -> schemas.Erasure:
    """Keep again what arrives from now on under the ids of an erasure; what was erased stays so."""
    await get_erasure(ask, erasure_id, query)
    await ask.store.erasure.lift(ask.project_id, erasure_id)
    return await get_erasure(ask, erasure_id, query)


def _answer(plan: Plan, counts: dict[str, int], erasure_id: str | None) -> schemas.ErasurePlan:
    return schemas.ErasurePlan(
        user_ids=plan.user_ids, claimed_ids=plan.claimed_ids, counts=counts, erasure_id=erasure_id
    )


async def _receipts(ask: Reader, erasure_id: str) -> list[schemas.Erasure]:
    found: dict[str, list[schemas.ErasurePart]] = {}
    refused: dict[str, dict[str, int]] = {}
    for row in await ask.rows("erasures", {"erasure_id": erasure_id}):
        counts = {name: int(count) for name, count in row["counts"].items()}
        if row["part"].startswith("refused"):
            sums = refused.setdefault(row["erasure_id"], {})
            for name, count in counts.items():
                sums[name] = sums.get(name, 0) + count
        else:
            part = schemas.ErasurePart(part=row["part"], at=format_time(row["at_us"]), counts=counts)
            found.setdefault(row["erasure_id"], []).append(part)
    receipts = []
    for id_, parts in found.items():
        done = {part.part for part in parts}
        state = "purged" if "disk" in done else "erased" if "tables" in done else "requested"
        receipts.append(
            schemas.Erasure(
                erasure_id=id_,
                state=state,
                is_lifted="lifted" in done,
                parts=sorted(parts, key=lambda part: part.at),
                refused=refused.get(id_, {}),
            )
        )
    return receipts
