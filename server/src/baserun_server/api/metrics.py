"""Numbers over time, for charts and tiles: read from the roll-up of traces, so that they equal the lists' totals."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query

from ..errors import BadParameter
from ..store.rollups.latency import latency_ms
from ..store.rollups.sums import SHOWN
from ..store.search.filters import parse_filter
from ..store.search.values import LATEST_US, SECONDS
from . import schemas
from .answers.reader import Ask, Reader
from .http.parameters import MetricParameters, shorten
from .http.times import format_time
from .lists.conditions import TRACES, conditions_of, read_window, source_of
from .lists.quarters import QUARTER_US, source_of_quarters
from .lists.windows import Window

INTERVALS_S = (60, 300, 900, 3_600, 21_600, 86_400, 604_800)
POINTS_AUTO = 180
POINTS_MOST = 1_500
INTERVAL_MOST_S = LATEST_US // 10**6
"""As long as all of time, up to the year 9999."""
DEFAULT_WINDOW_US = 7 * 86_400 * 10**6
VALUES_MOST = 8
"""Values of `by` that get a line of their own; the rest is one line named `other`."""

OTHER = "other"

_DURATION_MS = "(toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at)) / 1000"
METRICS = {
    "active_users": "uniqExactIf(effective_user, effective_user != '')",
    "sessions": "uniqExactIf(session_id, session_id != '')",
    **{name: f"sum({name})" for name in SHOWN if name != "cost_nano_usd"},
    "traces": "count()",
    "tokens": "sum(input_tokens + output_tokens)",
    "cost_usd": "sum(cost_nano_usd) / 1e9",
    "error_rate": "countIf(status = 'error') / count()",
    "wait_p50_ms": f"quantileTDigest(0.5)({_DURATION_MS})",
    "wait_p95_ms": f"quantileTDigest(0.95)({_DURATION_MS})",
    "wait_p99_ms": f"quantileTDigest(0.99)({_DURATION_MS})",
    "latency_p50_ms": "sumMap(latency)",
    "latency_p95_ms": "sumMap(latency)",
    "latency_p99_ms": "sumMap(latency)",
}
"""What can be asked for, and how traces give it. `wait` is the time that a person waited for a trace, `latency` that of
single LLM calls, from the roll-ups' histograms."""
MERGED = {
    "active_users": "uniqExactIfMerge(q.users)",
    "sessions": "uniqExactIfMerge(q.sessions)",
    "traces": "sum(q.traces)",
    "tokens": "sum(q.input_tokens + q.output_tokens)",
    "cost_usd": "sum(q.cost_nano_usd) / 1e9",
    "error_rate": "sum(q.failed) / sum(q.traces)",
    **{
        f"wait_p{p}_ms": f"quantilesTDigestMerge(0.5, 0.95, 0.99)(q.waits)[{i}]" for i, p in ((1, 50), (2, 95), (3, 99))
    },
    **{f"latency_p{p}_ms": "sumMap(q.latency)" for p in (50, 95, 99)},
}
"""The same from quarters of an hour, where it is not the sum of the column of its name."""
SUMS = {name for name, sql in METRICS.items() if sql.startswith(("sum(", "count()"))}
"""Metrics that are 0 when nothing happened; all others are null."""
BY = {"model": "arrayStringConcat(models, ' + ')", "environment": "environment", "release": "release"}
"""How a trace is split. One with several models counts under all of them together, so that the lines add up."""
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


async def get_metrics(ask: Ask, query: Annotated[MetricParameters, Query()]) -> schemas.Metrics:
    """Series and totals of a window."""
    names = _names(query.metrics)
    window = read_window(query, ask.now_us)
    to_us = ask.now_us if window.to_us is None else window.to_us
    from_us = to_us - DEFAULT_WINDOW_US if window.from_us is None else window.from_us
    interval_s = _interval_s(query.interval, (to_us - from_us) // 10**6)
    now = _Question(ask, names, query.by, query.filter, Window(from_us, to_us), interval_s)
    if query.compare is None:
        (series, times, totals), before = await now.answer(), None
    else:
        earlier = Window(max(0, from_us - (to_us - from_us) - 1), from_us - 1)
        then = _Question(ask, names, query.by, query.filter, earlier, interval_s)
        (series, times, totals), before = await ask.all(now.answer(), then.answer())
    previous = {} if before is None else {(s.metric, s.by): s.values for s in before[0]}
    for one in series:
        if before is not None:
            values = previous.get((one.metric, one.by), [])
            nothing = 0 if one.metric in SUMS else None
            one.previous = (values + [nothing] * len(times))[: len(times)]
    return schemas.Metrics(
        interval_s=interval_s,
        times=[format_time(at_us) for at_us in times],
        series=series,
        totals=totals,
        previous_totals=None if before is None else before[2],
    )


class _Question:
    """One window's series and totals."""

    def __init__(
        self, ask: Reader, names: list[str], by: str | None, filter_: str | None, window: Window, interval_s: int
    ) -> None:
        assert window.from_us is not None
        assert window.to_us is not None
        self.ask, self.names, self.by = ask, names, by
        self.interval_us = interval_s * 10**6
        self.window = window
        self.first_us = window.from_us // self.interval_us * self.interval_us
        self.times = list(range(self.first_us, window.to_us + 1, self.interval_us))
        self.conditions = conditions_of(TRACES, window, None, parse_filter(filter_ or ""), ask.now_us)

        self.quarters = filter_ is None and by is None and self.interval_us % QUARTER_US == 0
        """Whether quarters of an hour hold the answer."""
        self._source: tuple[str, Mapping[str, Any]] | None = None

    async def answer(self) -> tuple[list[schemas.Series], list[int], dict[str, float | None]]:
        """Series, the start of each interval, and totals."""
        if self.quarters:
            self._source = await source_of_quarters(self.ask, self.window.from_us or 0, self.window.to_us or 0)
        lines = await self._lines()
        (total,), buckets = _parted(await self._read(lines))
        return self._series(buckets, lines), self.times, self._values(total)

    async def _lines(self) -> list[str]:
        """The values that get a line of their own: those with most traces. Unsplit it is one line without a name."""
        if self.by is None:
            return [""]
        parts = {
            "value": BY[self.by],
            "where": self.conditions.sql,
            "source": source_of(TRACES, self.conditions, final=True),
        }
        parameters = {**self.conditions.parameters, "limit": VALUES_MOST + 1}
        values = [row["value"] for row in await self.ask.rows("metrics_lines", parameters, **parts)]
        return values if len(values) <= VALUES_MOST else [*values[:VALUES_MOST], OTHER]

    async def _read(self, lines: list[str]) -> list[dict[str, Any]]:
        value = BY[self.by] if self.by else "''"
        more = {"first_us": self.first_us, "interval_us": self.interval_us, "lines": lines, "other": OTHER}
        line = f"if({value} IN {{lines:Array(String)}}, {value}, {{other:String}})"
        if self._source is not None:
            merged = ", ".join(f"{MERGED.get(name, f'sum(q.{name})')} AS {name}" for name in self.names)
            source, parameters = self._source
            return await self.ask.rows(
                "metrics", {**parameters, **more}, measures=merged, source=source, where="1", line=line
            )
        measures = ", ".join(f"{METRICS[name]} AS {name}" for name in self.names)
        return await self.ask.rows(
            "metrics",
            {**self.conditions.parameters, **more},
            measures=measures,
            source=source_of(TRACES, self.conditions, measures, final=True),
            where=self.conditions.sql,
            line=line,
        )

    def _series(self, buckets: list[dict[str, Any]], lines: list[str]) -> list[schemas.Series]:
        by_place = {(row["line"], row["bucket"]): row for row in buckets}
        series = []
        for name in self.names:
            for line in lines:
                values = [self._values(by_place.get((line, bucket)))[name] for bucket in range(len(self.times))]
                shown = (line or "unknown") if self.by else None
                series.append(schemas.Series(metric=name, by=shown, values=values, previous=None))
        return series

    def _values(self, row: dict[str, Any] | None) -> dict[str, float | None]:
        if row is None:
            return {name: 0 if name in SUMS else None for name in self.names}
        return {name: _value(name, row[name]) for name in self.names}


def _parted(found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The row of the whole window, and those of its intervals."""
    return [row for row in found if row["of_all"]], [row for row in found if not row["of_all"]]


def _value(name: str, value: Any) -> float | None:
    if isinstance(value, dict):
        return latency_ms(value, _SHARES[name.split("_")[1]])
    return value


def _names(text: str) -> list[str]:
    names = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for name in names:
        if name not in METRICS:
            raise BadParameter(
                f"there is no metric `{shorten(name)}`", hint=f"metrics: {', '.join(METRICS)}", field="metrics"
            )
    if not names:
        raise BadParameter("no metric is named", hint=f"metrics: {', '.join(METRICS)}", field="metrics")
    return names


def _interval_s(text: str, window_s: int) -> int:
    if text == "auto":
        longest = INTERVALS_S[-1]
        whole = -(-window_s // (longest * POINTS_AUTO)) * longest
        return next((step for step in INTERVALS_S if window_s / step <= POINTS_AUTO), whole)
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in SECONDS or int(number) == 0:
        raise BadParameter(f"`{text}` is no interval", hint="write `auto`, `5m`, `1h` or `1d`", field="interval")
    interval_s = int(number) * SECONDS[unit]
    if interval_s > INTERVAL_MOST_S:
        hint = "leave the interval out, or write `1w`"
        raise BadParameter(f"`{text}` is longer than any window", hint=hint, field="interval")
    if window_s / interval_s > POINTS_MOST:
        hint = f"at most {POINTS_MOST:,} points: make the interval longer or the window shorter"
        raise BadParameter(f"`{text}` makes {window_s // interval_s:,} points", hint=hint, field="interval")
    return interval_s
