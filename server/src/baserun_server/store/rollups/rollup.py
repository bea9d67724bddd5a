"""Roll-ups: traces from spans, sessions from traces, activity from sessions and traces, users from activity.

Nothing is added to a number: each level is computed again from the one below, for the keys that a batch touched, and a
row whose key has changed leaves a tombstone. Which keys those are is read from what only grows (`trace_keys`, and in
`sessions` the columns `days` and `user_keys`), so that the same touched traces lead to the same rows whenever it is
done again, also after a crash between any two steps. What rows hold is said in `traces.py`, `sessions.py`,
`activity.py` and `users.py`.
"""

from collections.abc import Sequence

from .. import statements
from ..touched import Touched, groups
from .group import Group
from .tables import Tables

GROUP = 20_000
"""Traces computed at once: bounded for the sake of memory, large because every statement costs something by itself."""


class RollUp(Tables):
    """Computes roll-ups: one at a time on a store, or, where it is `shared`, any number of workers."""

    async def run(self, touched: Sequence[Touched]) -> None:
        """Compute again everything that was touched."""
        for one in touched:
            await self._find_traces_of_calls(one)
        for group in groups(touched, GROUP):
            await Group(self, group).run()

    async def _find_traces_of_calls(self, one: Touched) -> None:
        """Add the traces whose calls were judged by an id of the call."""
        if one.response_ids or one.completion_ids:
            ids = {"response_ids": sorted(one.response_ids), "completion_ids": sorted(one.completion_ids)}
            text = statements.render("rollups", "traces_of_calls")
            found = await self._transport.rows(text, {"project_id": one.project_id, **ids})
            one.trace_ids.update(row["trace_id"] for row in found)
