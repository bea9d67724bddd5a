"""The time strip of a session: a mark for each turn, or for several where there are more than 2,000.

A long session is read day by day, and a day that did not change is not read again: the newest version of its rows,
which no change leaves as it was, says so. A session of 50,000 turns then costs what its last day does.
"""

from typing import Any

from .. import schemas
from ..answers.reader import Reader
from ..http.times import format_time

BUCKETS = 2_000
"""Each day begins a new bucket, so there can be one more for each day."""
KEPT_DAYS = 20_000
"""Days of long sessions in memory; at about 60 buckets a day 20 MB."""

Kept = dict[tuple[str, str, str, int], tuple[int, list[dict[str, Any]]]]
"""By project, session, day, and turns in a bucket: the version of the day, and its buckets."""


async def read_strip(ask: Reader, session: dict[str, Any]) -> list[schemas.TurnMark]:
    """The strip of a session, given its row."""
    bucket = -(-max(1, session["traces"]) // BUCKETS)
    days, found = session["days"], {}
    if bucket > 1:
        where = {"session_id": session["session_id"], "days": days}
        versions = {row["day"]: row["version"] for row in await ask.rows("session_day_versions", where)}
        for day, version in versions.items():
            known = ask.strips.get((ask.project_id, session["session_id"], day, bucket))
            if known is not None and known[0] == version:
                found[day] = known[1]
        days = [day for day in versions if day not in found]
        read = await _read(ask, session, days, bucket)
        for day in days:
            _keep(ask.strips, (ask.project_id, session["session_id"], day, bucket), versions[day], read.get(day, []))
        found |= read
    else:
        found = await _read(ask, session, days, bucket)
    return _marks([row for day in sorted(found) for row in found[day]])


async def _read(ask: Reader, session: dict[str, Any], days: list[str], bucket: int) -> dict[str, list[dict[str, Any]]]:
    """Buckets by day."""
    if not days:
        return {}
    by_day: dict[str, list[dict[str, Any]]] = {}
    for row in await ask.rows("session_strip", {"session_id": session["session_id"], "days": days, "bucket": bucket}):
        by_day.setdefault(row["of_day"], []).append(row)
    return by_day


def _keep(kept: Kept, key: tuple[str, str, str, int], version: int, buckets: list[dict[str, Any]]) -> None:
    kept.pop(key, None)
    while len(kept) >= KEPT_DAYS:
        kept.pop(next(iter(kept)))
    kept[key] = (version, buckets)


def _marks(buckets: list[dict[str, Any]]) -> list[schemas.TurnMark]:
    marks, ended_us, n = [], None, 1
    for bucket in buckets:
        gap_us = 0 if ended_us is None else max(0, bucket["at_us"] - ended_us)
        ended_us = max(bucket["end_us"], ended_us or 0)
        marks.append(
            schemas.TurnMark(
                n=n,
                turns=bucket["turns"],
                at=format_time(bucket["at_us"]),
                wait_ms=bucket["wait_us"] / 1_000,
                model_ms=bucket["model_us"] / 1_000,
                tool_ms=bucket["tool_us"] / 1_000,
                gap_ms=gap_us / 1_000,
                errors=bucket["errors"],
                feedback_up=bucket["feedback_up"],
                feedback_down=bucket["feedback_down"],
            )
        )
        n += bucket["turns"]
    return marks
