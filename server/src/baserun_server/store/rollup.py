"""Roll-ups: traces from spans, sessions from traces, activity from sessions and traces, users from activity.

Nothing is added to a number: each level is computed again from the one below, for the keys that a batch touched, and
rows whose key has changed leave a tombstone. Which keys those are is read from tables that only grow (`trace_keys`,
`sessions.days`, `sessions.user_keys`), so that the same touched traces lead to the same rows whenever it is done again,
also after a crash between any two statements.
"""

import time
from collections.abc import Sequence
from typing import Any

from . import statements
from .duplicates import Node, duplicates
from .touched import Touched, groups
from .transport import Transport

GROUP = 2_000
"""Traces recomputed by one run of the statements."""
LEVELS = ("traces", "sessions", "activity", "users")


class RollUp:
    """Recomputes; one at a time on a store, because the greatest version wins."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._version = 0

    async def run(self, touched: Sequence[Touched]) -> None:
        """Recompute everything that was touched."""
        for group in groups([await self._with_traces_of_calls(part) for part in touched], GROUP):
            await self._recompute(group)

    async def _recompute(self, group: Touched) -> None:
        keys: dict[str, Any] = {
            "project_id": group.project_id,
            "trace_ids": sorted(group.trace_ids),
            "session_ids": sorted(group.session_ids),
            "user_ids": sorted(group.user_ids),
        }
        keys |= await self._one_call_many_spans(keys) | await self._judged_calls(keys)
        for level in LEVELS:
            version = await self._next_version()
            await self._transport.run(statements.render("rollups", level), {**keys, "version": version})
        await self._transport.run(
            statements.render("rollups", "data_version"),
            {"project_id": group.project_id, "version": await self._next_version()},
        )

    async def _with_traces_of_calls(self, part: Touched) -> Touched:
        """The traces, too, whose calls were judged by an id of the call."""
        if part.response_ids or part.completion_ids:
            ids = {"response_ids": sorted(part.response_ids), "completion_ids": sorted(part.completion_ids)}
            found = await self._read("traces_of_calls", {"project_id": part.project_id, **ids})
            part.trace_ids.update(row["trace_id"] for row in found)
        return part

    async def _one_call_many_spans(self, keys: dict[str, Any]) -> dict[str, Any]:
        found = []
        for row in await self._read("call_trees", keys):
            nodes = (
                Node(span, parent, llm == 1, usage == 1, response, start)
                for span, parent, llm, usage, response, start in row["spans"]
            )
            found += [row["trace_id"] + span_id for span_id in duplicates(nodes)]
        return {"duplicates": found}

    async def _judged_calls(self, keys: dict[str, Any]) -> dict[str, Any]:
        judged = []
        if await self._read("calls_are_judged", keys):
            judged = await self._read("judged_calls", keys)
        return {
            "judged_traces": [row["trace_id"] for row in judged] or [""],
            "judged_up": [row["up"] for row in judged] or [0],
            "judged_down": [row["down"] for row in judged] or [0],
        }

    async def _next_version(self) -> int:
        """A number greater than every one before, also after the clock was set back.

        Each statement may use this one and the one after it.
        """
        if self._version == 0:
            self._version = (await self._read("last_version", {}))[0]["version"]
        self._version = max(self._version + 2, time.time_ns() // 1_000)
        return self._version

    async def _read(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        return await self._transport.rows(statements.render("rollups", statement), parameters)
