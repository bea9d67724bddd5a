"""Upkeep of a store: `verify` proves that the totals agree, `rebuild` computes them again from the spans."""

from collections.abc import Callable

import msgspec

from . import statements
from .rollups.rollup import RollUp
from .touched import Touched
from .wire.transport import Transport

CHECKS = (
    "spans_without_trace",
    "traces_without_span",
    "sessions_are_their_traces",
    "activity_is_the_sessions",
    "activity_holds_traces_without_session",
    "users_are_their_activity",
)
PATIENCE = {"max_execution_time": "3600"}
"""These read everything there is."""


class Disagreement(msgspec.Struct):
    """A total that disagrees with the level below."""

    check: str
    project_id: str
    id: str
    what: str
    expected: str
    found: str


async def verify(transport: Transport) -> list[Disagreement]:
    """Compare every level with the one below it; at most 20 disagreements of a kind.

    What arrives meanwhile may be seen on one level and not yet on the next: the server should be at rest.
    """
    found = []
    for check in CHECKS:
        rows = await transport.rows(statements.render("checks", check), {}, PATIENCE)
        found += [Disagreement(check=check, **row) for row in rows]
    return found


async def rebuild(transport: Transport, roll_up: RollUp, progress: Callable[[int], None] = lambda traces: None) -> None:
    """Compute every roll-up again from the stored facts; readers see the old rows until the new ones are there.

    `progress` is called with the number of traces done since the call before.
    """
    for row in await transport.rows(statements.render("rollups", "months"), {}, PATIENCE):
        await transport.run(statements.render("rollups", "refill_trace_keys"), row, PATIENCE)
    version = await roll_up.versions.next("")
    for day in await transport.rows(statements.render("rollups", "days"), {}, PATIENCE):
        found = await transport.rows(statements.render("rollups", "traces_of_day"), day, PATIENCE)
        ids = [row["trace_id"] for row in found]
        for start in range(0, len(ids), GROUP):
            group = set(ids[start : start + GROUP])
            await roll_up.run([Touched(day["project_id"], trace_ids=group)])
            progress(len(group))
    for row in await transport.rows(statements.render("rollups", "sessions_with_events"), {}, PATIENCE):
        touched = Touched(
            row["project_id"], session_ids={*row["session_ids"]} - {""}, user_ids={*row["user_ids"]} - {""}
        )
        await roll_up.run([touched])
    for table in ("traces", "sessions", "activity", "users", "said_apart"):
        await transport.run(
            statements.render("rollups", "delete_stale_rows", {"table": table}), {"version": version}, PATIENCE
        )
    version = await roll_up.versions.next("")
    await transport.run(
        statements.render("rollups", "all_hours_changed", {"where": "1"}), {"version": version}, PATIENCE
    )


GROUP = 2_000
