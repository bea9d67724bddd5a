"""Charts without reading every trace: quarters of an hour that were computed before, and the rest from `traces`.

A quarter holds counts, sums and sets of hashes, so that distinct users of any stretch of quarters are counted exactly.
What changed since it was computed, and the ends of a window that cut a quarter, are read from the traces themselves:
the numbers are always current. A chart that meets hours that have come to rest has them computed in the background.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any

from ...errors import StoreError
from ...store.clickhouse import ClickHouseStore
from ...store.search.sources import traces_with_users
from ...store.statements import moment_text, render
from ..answers.reader import Reader
from ..http.times import date_of

logger = logging.getLogger("baserun.api")

QUARTER_US = 900 * 10**6
HOUR_US = 3_600 * 10**6
REST_US = 60 * 10**6
"""An hour has come to rest when nothing of it changed for so long."""


async def source_of_quarters(ask: Reader, from_us: int, to_us: int) -> tuple[str, dict[str, Any]]:
    """A subquery `q` of what began in a window, in rows that can be merged, and its parameters."""
    bounds = {"first_s": from_us // HOUR_US * 3_600, "last_s": to_us // 10**6}
    hours = await ask.rows("hours_of_window", bounds)
    computed = [hour for hour in hours if hour["computed"] >= hour["changed"] > 0]
    fresh = [(moment_text(hour["hour_s"]), hour["computed"]) for hour in computed]
    stale = {hour["hour_s"]: hour["changed"] for hour in hours if hour["changed"] > hour["computed"]}
    if ask.quarters is not None:
        ask.quarters.compute(ask.project_id, {h: v for h, v in stale.items() if v < ask.now_us - REST_US})
    first_us, end_us = -(-from_us // QUARTER_US) * QUARTER_US, (to_us + 1) // QUARTER_US * QUARTER_US
    cut = [at_us for at_us, whole in ((from_us, first_us), (to_us, end_us - 1)) if at_us != whole]
    known = {hour["hour_s"] for hour in hours}
    read_us = [hour * 10**6 for hour in stale] + [us for us in cut if us // HOUR_US * 3_600 in known]
    parts = []
    if fresh or not read_us:
        parts.append(render("fragments", "quarters_computed"))
    if read_us:
        days = "day IN {read_days:Array(Date)}"
        parts.append(render("fragments", "quarters_read", {"traces": traces_with_users("traces FINAL", days)}))
    parameters = {
        "fresh": fresh,
        "stale": sorted(stale),
        "read_days": sorted({date_of(us) for us in read_us}),
        "from_us": from_us,
        "to_us": to_us,
        "first_us_whole": first_us,
        "end_us_whole": end_us,
    }
    return f"({' UNION ALL '.join(parts)}) AS q", parameters


class Quarters:
    """Computes hours in the background, for one project one day at a time."""

    def __init__(self, store: ClickHouseStore) -> None:
        self._store = store
        self._running: dict[str, asyncio.Task[None]] = {}

    def compute(self, project_id: str, hours: Mapping[int, int]) -> None:
        """Begin, unless it is under way already."""
        running = self._running.get(project_id)
        if hours and (running is None or running.done()):
            self._running[project_id] = asyncio.create_task(self._compute(project_id, hours))

    async def close(self) -> None:
        """Stop."""
        for task in self._running.values():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _compute(self, project_id: str, hours: Mapping[int, int]) -> None:
        days: dict[int, dict[int, int]] = {}
        for hour, version in sorted(hours.items(), reverse=True):
            days.setdefault(hour // 86_400, {})[hour] = version
        try:
            for of_day in days.values():
                await self._store.compute_quarter_hours(project_id, of_day)
        except StoreError as error:
            logger.warning("quarters of an hour were not computed: %s", error.message)
