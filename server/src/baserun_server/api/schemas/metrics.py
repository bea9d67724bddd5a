"""Numbers over time."""

from .base import Record


class Series(Record):
    metric: str
    by: str | None
    """The value of the field by which the metric is split; null where it is not."""
    values: list[float | None]
    previous: list[float | None] | None
    """The window before, of equal length, where `compare=previous` was asked."""


class Metrics(Record):
    interval_s: int
    times: list[str]
    """Start of each interval."""
    series: list[Series]
    totals: dict[str, float | None]
    """Of the whole window, exactly: not a sum of the series where that would count a user twice."""
    previous_totals: dict[str, float | None] | None
