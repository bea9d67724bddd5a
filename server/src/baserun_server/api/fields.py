"""What lists can be filtered and sorted by, and how their values are spread."""

from typing import Annotated

from fastapi import Query

from ..errors import BadParameter
from ..store.search.fields import FIELDS, FREE_KEYS, KEYS_WITHIN, ORDER_OPERATORS, TEXT_OPERATORS, Field, find_field
from ..store.search.filters import GRAMMAR, parse_filter
from . import schemas
from .answers.reader import Ask, Reader
from .http.parameters import FacetParameters, FieldParameters, HistogramParameters, SetParameters
from .lists.conditions import BY_NAME, Conditions, conditions_of, read_window, source_of

LOG_FROM_RATIO = 100
"""A spread wider than this is shown in bins of equal ratio."""
_PER_UNIT = {"duration": 1_000, "cost": 1_000_000_000}


async def get_fields(ask: Ask, query: Annotated[FieldParameters, Query()]) -> schemas.Fields:
    """The fields of a list."""
    known = [_describe(field) for field in FIELDS[query.for_]]
    free = [_free(f"{name}.<key>", "what the application gave", facets=True) for name in FREE_KEYS[query.for_]]
    free += [_free(f"{name}.<key>", "of sessions and traces") for name in KEYS_WITHIN[query.for_]]
    return schemas.Fields(items=[*known, *free, _free("score.<name>", "a judgement by its name")], grammar=GRAMMAR)


async def get_facets(ask: Ask, query: Annotated[FacetParameters, Query()]) -> schemas.Facets:
    """The commonest values of a field, in the set that all other filters leave."""
    conditions, value = _set_and_value(ask, query)
    rows = await ask.rows(
        "facets",
        {**conditions.parameters, "now_us": ask.now_us, "prefix": query.prefix or "", "limit": query.limit + 1},
        value=value,
        source=source_of(BY_NAME[query.for_], conditions, value, final=True),
        where=conditions.sql,
    )
    items = [schemas.Facet(value=row["value"], count=row["count"]) for row in rows[: query.limit]]
    return schemas.Facets(items=items, more=len(rows) > query.limit)


async def get_histogram(ask: Ask, query: Annotated[HistogramParameters, Query()]) -> schemas.Histogram:
    """How a number is spread over a set, in milliseconds and USD where it has a unit."""
    list_ = BY_NAME[query.for_]
    field = find_field(query.for_, query.field)
    if field is None or not field.numeric:
        known = ", ".join(field.name for field in FIELDS[query.for_] if field.numeric)
        raise BadParameter(f"`{query.field}` has no histogram", hint=f"fields that have: {known}", field="field")
    conditions = _set(ask, query, field.name)
    parts = {
        "value": f"toFloat64({field.sql}) / {_PER_UNIT.get(field.type, 1)}",
        "source": source_of(list_, conditions, final=True),
        "where": conditions.sql,
    }
    parameters = {**conditions.parameters, "now_us": ask.now_us}
    (bounds,) = await ask.rows("histogram_bounds", parameters, **parts)
    if not bounds["rows"]:
        return schemas.Histogram(edges=[0.0, 1.0], counts=[0], log=False)
    edges, log = make_edges(bounds["low"], bounds["low_positive"], bounds["high"], query.bins, field.type == "number")
    rows = await ask.rows("histogram_counts", {**parameters, "edges": edges, "bins": len(edges) - 1}, **parts)
    counts = [0] * (len(edges) - 1)
    for row in rows:
        counts[row["bin"]] = row["count"]
    return schemas.Histogram(edges=edges, counts=counts, log=log)


def make_edges(low: float, low_positive: float | None, high: float, bins: int, whole: bool) -> tuple[list[float], bool]:
    """Edges of bins from `low` to `high`, and whether they grow by ratio. Zeros then have a bin of their own."""
    if low_positive and low >= 0 and high / low_positive > LOG_FROM_RATIO:
        zero = [0.0] if low == 0 else []
        steps = max(1, bins - len(zero))
        ratio = (high / low_positive) ** (1 / steps)
        return [*zero, *(low_positive * ratio**step for step in range(steps)), high], True
    if low == high:
        return [low, low + 1], False
    if whole and high - low < bins:
        return [low + step for step in range(int(high - low) + 2)], False
    width = (high - low) / bins
    return [*(low + width * step for step in range(bins)), high], False


def _set(ask: Reader, query: SetParameters, field_name: str) -> Conditions:
    """The conditions of the list, without those on the field itself."""
    others = tuple(
        clause
        for clause in parse_filter(query.filter or "")
        if clause.negated or getattr(find_field(query.for_, clause.field), "name", clause.field) != field_name
    )
    return conditions_of(BY_NAME[query.for_], read_window(query, ask.now_us), query.q, others, ask.now_us)


def _set_and_value(ask: Reader, query: SetParameters) -> tuple[Conditions, str]:
    """The set, and the SQL of the field's values in it."""
    base, dot, key = query.field.partition(".")
    maps = FREE_KEYS[query.for_]
    if dot and base in maps and key:
        conditions = _set(ask, query, query.field)
        text = f"{maps[base]}[{{facet_key:String}}]"
        conditions.add(f"mapContains({maps[base]}, {{facet_key:String}})", facet_key=key)
        return conditions, f"if(startsWith({text}, '\"'), JSONExtractString({text}), {text})"
    field = find_field(query.for_, query.field)
    if field is None or not field.has_facets:
        known = ", ".join(field.name for field in FIELDS[query.for_] if field.has_facets)
        raise BadParameter(f"`{query.field}` has no values to list", hint=f"fields that have: {known}", field="field")
    return _set(ask, query, field.name), f"arrayJoin({field.sql})" if field.type == "set" else field.sql


def _describe(field: Field) -> schemas.FieldInfo:
    return schemas.FieldInfo(
        name=field.name,
        type=field.type,
        operators=list(field.operators),
        unit=field.unit,
        sortable=field.sortable,
        facets=field.has_facets,
        histogram=field.numeric,
        values=list(field.values) if field.values else None,
        description=field.description,
    )


def _free(name: str, description: str, *, facets: bool = False) -> schemas.FieldInfo:
    return schemas.FieldInfo(
        name=name,
        type="text",
        operators=[*TEXT_OPERATORS[:2], *ORDER_OPERATORS[1:]],
        unit=None,
        sortable=False,
        facets=facets,
        histogram=False,
        values=None,
        description=description,
    )
