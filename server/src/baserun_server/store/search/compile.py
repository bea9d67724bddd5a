"""A filter as SQL: the clauses of `filters.py`, by the fields of `fields.py`, into one condition over the columns of a
roll-up. Text of a user never becomes SQL: a field is looked up, a value is bound as a parameter.
"""

from collections.abc import Callable, Mapping
from string import Template
from typing import Any

from ...errors import InvalidFilter
from .condition import Condition
from .fields import FREE_KEYS, KEYS_WITHIN, SAID, find_field, names_of
from .filters import Clause, Range, Value
from .values import parse_cost, parse_duration_us, parse_number, parse_time_range
from .within import metadata_within, said_within, scored_within
from .words import Word, Words

CLAUSES_MOST = 50
"""Clauses of a filter."""
VALUES_MOST = 200
"""Values of all clauses of a filter together."""
LOOKS_MOST = 20
"""Conditions that read other tables than the list's own: each value of `said`, `score.…`, users by `meta.…`."""


def compile_filter(resource: str, clauses: tuple[Clause, ...], now_us: int) -> Condition:
    """One condition that holds where all clauses do.

    Raises `InvalidFilter` for an unknown field, an operator that the field does not have, or a value of the wrong kind.
    """
    _check_size(resource, clauses)
    compiler = _Compiler(resource, now_us)
    conditions = [compiler.clause(clause) for clause in clauses]
    return Condition(" AND ".join(conditions) or "1", compiler.parameters)


def _check_size(resource: str, clauses: tuple[Clause, ...]) -> None:
    """Refuse a filter whose statement the engine would refuse, or run for too long."""
    looks = values = 0
    for count, clause in enumerate(clauses, 1):
        values += len(clause.items)
        looks += _looks(resource, clause)
        for number, most, what in (
            (count, CLAUSES_MOST, "clauses"),
            (values, VALUES_MOST, "values"),
            (looks, LOOKS_MOST, "conditions on words, scores or metadata of other rows"),
        ):
            if number > most:
                raise InvalidFilter(
                    f"the filter has more than {most} {what}",
                    hint="ask for less at a time, or for the beginning of several values at once: `field:begin*`",
                    field="filter",
                    position=clause.position,
                )


def _looks(resource: str, clause: Clause) -> int:
    """Count how often a clause reads another table."""
    if clause.field == SAID.name:
        return len(clause.items)
    base, dot, _ = clause.field.partition(".")
    return int(bool(dot) and (base == "score" or base in KEYS_WITHIN[resource]))


class _Compiler:
    """Numbers the parameters of one filter."""

    def __init__(self, resource: str, now_us: int) -> None:
        self.resource = resource
        self.now_us = now_us
        self.parameters: dict[str, Any] = {}

    def bind(self, value: Any, type_: str) -> str:
        name = f"f{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{type_}}}"

    def clause(self, clause: Clause) -> str:
        base, dot, key = clause.field.partition(".")
        if dot and base == "score":
            sql = self.score(clause, key)
        elif dot and base in FREE_KEYS[self.resource]:
            sql = self.free_key(clause, FREE_KEYS[self.resource][base], key)
        elif dot and base in KEYS_WITHIN[self.resource]:
            sql = metadata_within(self.free_key(clause, "metadata", key))
        else:
            sql = self.known(clause)
        return f"{'NOT ' if clause.negated else ''}ifNull(({sql}), 0)"

    def known(self, clause: Clause) -> str:
        found = find_field(self.resource, clause.field)
        if not found:
            raise InvalidFilter(
                f"{self.resource} have no field `{clause.field[:80]}`",
                hint=f"known fields: {names_of(self.resource)}",
                field="filter",
                position=clause.position + clause.negated,
            )
        if clause.operator not in found.operators:
            raise InvalidFilter(
                f"`{found.name}` cannot be compared by `{clause.operator}`",
                hint=f"it takes {' '.join(f'`{operator}`' for operator in found.operators)}",
                field="filter",
                position=clause.value_position,
            )
        if "{now_us:" in found.sql:
            self.parameters["now_us"] = self.now_us
        if found is SAID:
            return self.said(clause)
        if clause.operator == "has":
            return _HAS[found.type].substitute(value=found.sql)
        compile_item = _ITEMS[found.type]
        try:
            return " OR ".join(compile_item(self, found.sql, clause.operator, item) for item in clause.items)
        except ValueError as wrong:
            raise InvalidFilter(
                f"`{found.name}`: {wrong}", hint=_HINTS.get(found.type), field="filter", position=clause.value_position
            ) from None

    def said(self, clause: Clause) -> str:
        found = []
        for item in clause.items:
            if isinstance(item, Range) or item.prefix or not item.text.strip():
                raise InvalidFilter(
                    "`said` takes words and phrases",
                    hint='write `said:refund` or `said:"not working"`',
                    field="filter",
                    position=clause.value_position,
                )
            spoken = said_within(self.resource, Words((Word(item.text),)), f"f{len(self.parameters)}_")
            self.parameters |= spoken.parameters
            found.append(spoken.sql)
        return " OR ".join(found)

    def free_key(self, clause: Clause, column: str, key: str) -> str:
        bound = self.bind(key, "String")
        if clause.operator == "has":
            return f"mapContains({column}, {bound})"
        json_text = f"{column}[{bound}]"
        if clause.operator in (":", "~"):
            readable = f"if(startsWith({json_text}, '\"'), JSONExtractString({json_text}), {json_text})"
            one_of = " OR ".join(_text_or_number(self, readable, clause.operator, item) for item in clause.items)
            return f"mapContains({column}, {bound}) AND ({one_of})"
        number = f"toFloat64OrNull(trim(BOTH '\"' FROM {json_text}))"
        return self.numbers(clause, number)

    def score(self, clause: Clause, name: str) -> str:
        conditions = [f"name = {self.bind(name, 'String')}"]
        if clause.operator == "~":
            one_of = " OR ".join(_text(self, "comment", "~", item) for item in clause.items)
            conditions.append(f"({one_of})")
        elif clause.operator == ":":
            one_of = " OR ".join(self.score_item(item) for item in clause.items)
            conditions.append(f"ifNull({one_of}, 0)")
        elif clause.operator != "has":
            conditions.append(f"ifNull({self.numbers(clause, 'value')}, 0)")
        return scored_within(self.resource, f"({' AND '.join(conditions)})")

    def score_item(self, item: Value | Range) -> str:
        if isinstance(item, Value):
            try:
                parse_number(item.text)
            except ValueError:
                return _text(self, "label", ":", item)
        return _number(parse_number, "Float64")(self, "value", ":", item)

    def numbers(self, clause: Clause, sql: str) -> str:
        try:
            return " OR ".join(
                _number(parse_number, "Float64")(self, sql, clause.operator, item) for item in clause.items
            )
        except ValueError as wrong:
            raise InvalidFilter(
                f"`{clause.field}`: {wrong}", hint=_HINTS["number"], field="filter", position=clause.value_position
            ) from None


_ItemCompiler = Callable[[_Compiler, str, str, Value | Range], str]


def _text(compiler: _Compiler, sql: str, operator: str, item: Value | Range) -> str:
    if isinstance(item, Range):
        raise ValueError(f"text has no range like `{item.low}..{item.high}`")
    bound = compiler.bind(item.text, "String")
    if operator == "~":
        return f"positionCaseInsensitiveUTF8({sql}, {bound}) > 0"
    return f"startsWith({sql}, {bound})" if item.prefix else f"{sql} = {bound}"


def _text_or_number(compiler: _Compiler, sql: str, operator: str, item: Value | Range) -> str:
    """Metadata holds both: a range is one of numbers."""
    if isinstance(item, Range):
        return _number(parse_number, "Float64")(compiler, f"toFloat64OrNull({sql})", operator, item)
    return _text(compiler, sql, operator, item)


def _set(compiler: _Compiler, sql: str, operator: str, item: Value | Range) -> str:
    return f"arrayExists(x -> {_text(compiler, 'x', operator, item)}, {sql})"


def _number(parse: Callable[[str], float | int], type_: str) -> _ItemCompiler:
    def compile_item(compiler: _Compiler, sql: str, operator: str, item: Value | Range) -> str:
        if isinstance(item, Range):
            low, high = compiler.bind(parse(item.low), type_), compiler.bind(parse(item.high), type_)
            return f"({sql} >= {low} AND {sql} <= {high})"
        if item.prefix:
            raise ValueError(f"`{item.text}*` is no number")
        sign = "=" if operator == ":" else operator
        return f"{sql} {sign} {compiler.bind(parse(item.text), type_)}"

    return compile_item


def _time(compiler: _Compiler, sql: str, operator: str, item: Value | Range) -> str:
    """A day written without an hour is the whole day."""
    if isinstance(item, Range):
        low_us, _ = parse_time_range(item.low, compiler.now_us)
        _, high_us = parse_time_range(item.high, compiler.now_us)
        return f"({sql} >= {compiler.bind(low_us, 'Int64')} AND {sql} <= {compiler.bind(high_us, 'Int64')})"
    if item.prefix:
        raise ValueError(f"`{item.text}*` is no time")
    begin_us, end_us = parse_time_range(item.text, compiler.now_us)
    if operator == ":":
        return f"({sql} >= {compiler.bind(begin_us, 'Int64')} AND {sql} <= {compiler.bind(end_us, 'Int64')})"
    return f"{sql} {operator} {compiler.bind(end_us if operator in ('>', '<=') else begin_us, 'Int64')}"


def _flag(compiler: _Compiler, sql: str, operator: str, item: Value | Range) -> str:
    words = {"true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0}
    if isinstance(item, Range) or item.prefix or item.text not in words:
        raise ValueError("the value must be `true` or `false`")
    return f"{sql} = {compiler.bind(words[item.text], 'UInt8')}"


_ITEMS: Mapping[str, _ItemCompiler] = {
    "text": _text,
    "word": _text,
    "set": _set,
    "number": _number(parse_number, "Float64"),
    "duration": _number(parse_duration_us, "Int64"),
    "cost": _number(parse_cost, "Int64"),
    "time": _time,
    "flag": _flag,
}
_HAS: Mapping[str, Template] = {
    "text": Template("${value} != ''"),
    "word": Template("${value} != ''"),
    "set": Template("notEmpty(${value})"),
    "number": Template("isNotNull(${value}) AND ${value} != 0"),
    "duration": Template("isNotNull(${value})"),
    "cost": Template("${value} != 0"),
    "time": Template("${value} != 0"),
}
_HINTS = {
    "text": 'quote a value that holds two dots: `"a..b"`',
    "word": 'quote a value that holds two dots: `"a..b"`',
    "set": 'quote a value that holds two dots: `"a..b"`',
    "flag": "write `true` or `false`",
    "number": "write `5`, `0.5`, `10k` or `2M`",
    "duration": "write `300ms`, `2s`, `5m` or `1h`; a bare number counts milliseconds",
    "cost": "write `0.05` or `$0.05`",
    "time": "write `2026-11-22`, `2026-11-22T10:00:00Z`, `now-7d`",
}
