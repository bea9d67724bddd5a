"""What lists can be filtered by, and how its values are spread."""

from typing import Literal

from .base import Record


class FieldInfo(Record):
    name: str
    type: Literal["text", "number", "duration", "cost", "time", "word", "set", "flag"]
    """`word` has few values, `set` holds several of them."""
    operators: list[str]
    unit: str | None
    sortable: bool
    facets: bool
    """`/facets` lists its values."""
    histogram: bool
    values: list[str] | None
    """All that there can be, where that is known."""
    description: str


class Fields(Record):
    items: list[FieldInfo]
    grammar: str


class Facet(Record):
    value: str
    count: int


class Facets(Record):
    items: list[Facet]
    more: bool


class Histogram(Record):
    edges: list[float]
    """One more than `counts`; a bin holds its lower edge, the last one also its upper."""
    counts: list[int]
    log: bool
    """Bins of equal ratio instead of equal width."""
