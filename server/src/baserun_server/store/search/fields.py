"""What users, sessions and traces can be filtered and sorted by: each field with its meaning in SQL.

`compile_filter` turns the clauses of `filters.py` into one SQL condition over the columns of a roll-up. Text of a user
never becomes SQL: a field is looked up here, a value is bound as a parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...errors import InvalidFilter
from .condition import Condition
from .filters import Clause, Range, Value
from .values import parse_cost, parse_duration_us, parse_number, parse_time_range
from .within import said_in, scored, users_with
from .words import Word, Words

Type = Literal["text", "word", "set", "number", "duration", "cost", "time", "flag"]

TEXT_OPERATORS = (":", "~", "has")
ORDER_OPERATORS = (":", ">", ">=", "<", "<=", "has")
FLAG_OPERATORS = (":",)
SAID_OPERATORS = (":", "~")


@dataclass(frozen=True)
class Field:
    """A field of a list. `sql` is its value: text, an array of texts, a number, microseconds or nano-dollars; empty for
    what is no value of the row."""

    name: str
    type: Type
    sql: str
    description: str
    nullable: bool = False
    values: tuple[str, ...] | None = None
    sortable: bool = True
    column: str = ""
    """The column that has the same order, where `sql` makes something of it: the engine then skips what lies behind the
    page."""

    @property
    def operators(self) -> tuple[str, ...]:
        """What can stand between the field and a value."""
        if not self.sql:
            return SAID_OPERATORS
        if self.type == "flag":
            return FLAG_OPERATORS
        return TEXT_OPERATORS if self.type in ("text", "word", "set") else ORDER_OPERATORS

    @property
    def has_facets(self) -> bool:
        """True where its values can be listed."""
        return self.type in ("text", "word", "set") and bool(self.sql)

    @property
    def unit(self) -> str | None:
        """What its numbers count."""
        return {"duration": "ms", "cost": "usd"}.get(self.type)

    @property
    def numeric(self) -> bool:
        """True where values have a spread that a histogram can show."""
        return self.type in ("number", "duration", "cost")


def latency_us(share: float) -> str:
    """SQL: microseconds below which this share of the LLM calls lies, from the histogram `latency`; NULL for none."""
    rank = (
        f"arrayFirstIndex(c -> c >= {share} * arraySum(mapValues(latency)), arrayCumSum(mapValues(mapSort(latency))))"
    )
    return f"if(empty(latency), NULL, toInt64(1000 * pow(1.05, mapKeys(mapSort(latency))[{rank}] - 0.5)))"


def _micros(column: str) -> str:
    return f"toUnixTimestamp64Micro({column})"


def _moment(name: str, description: str) -> Field:
    return Field(name, "time", _micros(name), description, column=name)


_NUMBERS = (
    Field("llm_calls", "number", "llm_calls", "LLM calls that count"),
    Field("tokens", "number", "(input_tokens + output_tokens)", "input and output tokens"),
    Field("input_tokens", "number", "input_tokens", "input tokens, cached ones included"),
    Field("output_tokens", "number", "output_tokens", "output tokens, reasoning ones included"),
    Field("cached_tokens", "number", "cached_tokens", "input tokens read from the provider's cache"),
    Field("reasoning_tokens", "number", "reasoning_tokens", "output tokens spent on reasoning"),
    Field("cost_usd", "cost", "cost_nano_usd", "sum of the priced calls' costs"),
    Field("unpriced_calls", "number", "unpriced_calls", "calls whose cost is not known"),
    Field("errors", "number", "errors", "failing spans, the innermost of each chain"),
    Field("tool_calls", "number", "tool_calls", "tool calls"),
    Field("feedback_up", "number", "feedback_up", "thumbs up"),
    Field("feedback_down", "number", "feedback_down", "thumbs down"),
)
_LATENCIES = (
    Field("latency_p50_ms", "duration", latency_us(0.5), "median duration of the LLM calls", nullable=True),
    Field("latency_p95_ms", "duration", latency_us(0.95), "95th percentile of the LLM calls' durations", nullable=True),
)
_DURATION_US = "({} - {})"
_SAID = Field("said", "text", "", "a word or phrase that was said", sortable=False)
_ACTIVE = "{} >= fromUnixTimestamp64Micro({{now_us:Int64}} - 300000000)"
_STATUS = (
    "multiIf(ended_at IS NOT NULL AND ended_at >= last_activity, 'ended', "
    "last_activity >= fromUnixTimestamp64Micro({now_us:Int64} - 300000000), 'active', 'idle')"
)

USERS = (
    Field("user_id", "text", "user_id", "the user's id"),
    Field("alias", "set", "aliases", "other ids of the user", sortable=False),
    _moment("first_seen", "first activity"),
    _moment("last_seen", "latest activity"),
    Field(
        "status",
        "word",
        f"if({_ACTIVE.format('last_seen')}, 'active', 'idle')",
        "active in the last 5 minutes, or idle",
        values=("active", "idle"),
    ),
    Field("sessions", "number", "sessions", "sessions"),
    Field("traces", "number", "traces", "traces, in conversations turns"),
    *_NUMBERS,
    *_LATENCIES,
    Field("model", "set", "models", "models that answered", sortable=False),
    Field("provider", "set", "providers", "providers of the models", sortable=False),
    Field("tag", "set", "tags", "tags of the traces", sortable=False),
    Field("environment", "set", "environments", "where the application ran", sortable=False),
    Field("release", "set", "releases", "releases of the application", sortable=False),
    _SAID,
    Field("derived", "flag", "derived", "the id comes from a provider's own end-user field only", sortable=False),
)
SESSIONS = (
    Field("session_id", "text", "session_id", "the session's id"),
    Field("user_id", "text", "user_id", "the user of the session"),
    Field("user", "set", "users", "everyone whose traces stand in the session", sortable=False),
    Field("name", "text", "name", "name that the application gave"),
    Field(
        "status", "word", _STATUS, "active in the last 5 minutes, idle, or ended", values=("active", "idle", "ended")
    ),
    Field("outcome", "word", "outcome", "how it ended, in the application's words"),
    _moment("started_at", "start"),
    _moment("last_activity", "latest activity"),
    Field(
        "duration_ms",
        "duration",
        f"({_micros('last_activity')} - {_micros('started_at')})",
        "from start to latest activity",
    ),
    Field("traces", "number", "traces", "traces, in conversations turns"),
    *_NUMBERS,
    *_LATENCIES,
    Field("model", "set", "models", "models that answered", sortable=False),
    Field("provider", "set", "providers", "providers of the models", sortable=False),
    Field("tag", "set", "tags", "tags", sortable=False),
    Field("environment", "word", "environment", "where the application ran"),
    Field("release", "word", "release", "release of the application"),
    _SAID,
)
TRACES = (
    Field("trace_id", "text", "trace_id", "the trace's id"),
    Field("session_id", "text", "session_id", "the session of the trace"),
    Field("user_id", "text", "effective_user", "the user of the trace"),
    Field("name", "text", "name", "name of the trace"),
    _moment("started_at", "start"),
    Field("duration_ms", "duration", f"({_micros('ended_at')} - {_micros('started_at')})", "from start to end"),
    Field("status", "word", "status", "how the trace ended", values=("ok", "error", "unset")),
    Field("spans_total", "number", "spans_total", "spans"),
    *_NUMBERS,
    *_LATENCIES,
    Field("model", "set", "models", "models that answered", sortable=False),
    Field("provider", "set", "providers", "providers of the models", sortable=False),
    Field("tag", "set", "tags", "tags", sortable=False),
    Field("environment", "word", "environment", "where the application ran"),
    Field("release", "word", "release", "release of the application"),
    _SAID,
)
FIELDS: Mapping[str, tuple[Field, ...]] = {"users": USERS, "sessions": SESSIONS, "traces": TRACES}
FREE_KEYS: Mapping[str, Mapping[str, str]] = {
    "users": {"trait": "traits"},
    "sessions": {"meta": "metadata"},
    "traces": {"meta": "metadata"},
}
"""Fields with keys of the application's own, and the maps (key to JSON text) that hold them."""
KEYS_WITHIN: Mapping[str, tuple[str, ...]] = {"users": ("meta",), "sessions": (), "traces": ()}
"""The same, where a list's rows have none but their sessions and traces do."""
SHORT_NAMES = {
    "user": "user_id",
    "session": "session_id",
    "trace": "trace_id",
    "started": "started_at",
    "turns": "traces",
    "duration": "duration_ms",
    "cost": "cost_usd",
    "latency": "latency_p95_ms",
    "tags": "tag",
    "models": "model",
    "spans": "spans_total",
}
"""Words that people also use for a field, where the list has none of that very name."""


def find_field(resource: str, name: str) -> Field | None:
    """The field of a list by its name, or by a word that is also used for it."""
    known = {known.name: known for known in FIELDS[resource]}
    return known.get(name) or known.get(SHORT_NAMES.get(name, ""))


def names_of(resource: str) -> str:
    """The names that can be used, for a hint."""
    free = [f"{name}.<key>" for name in (*FREE_KEYS[resource], *KEYS_WITHIN[resource], "score")]
    return ", ".join([*(known.name for known in FIELDS[resource]), *free])


CLAUSES_MOST = 50
"""Clauses of a filter."""
VALUES_MOST = 200
"""Values of all clauses of a filter together."""
LOOKS_MOST = 20
"""Conditions that look into other tables than the list's own: each value of `said`, `score.…`, users by `meta.…`."""


def compile_filter(resource: str, clauses: tuple[Clause, ...], now_us: int) -> Condition:
    """One condition that holds where all clauses do.

    Raises `InvalidFilter` for a field that there is not, an operator that it does not have, or a value of a wrong kind.
    """
    _check_size(resource, clauses)
    compiler = _Compiler(resource, now_us)
    conditions = [compiler.clause(clause) for clause in clauses]
    return Condition(" AND ".join(conditions) or "1", compiler.parameters)


def _check_size(resource: str, clauses: tuple[Clause, ...]) -> None:
    """Refuse a filter that makes a statement which the engine would refuse, or think about for too long."""
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
    """How often a clause looks into another table."""
    if clause.field == _SAID.name:
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
            sql = users_with(self.free_key(clause, "metadata", key))
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
        if found is _SAID:
            return self.said(clause)
        if clause.operator == "has":
            return _HAS[found.type].format(found.sql)
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
            spoken = said_in(self.resource, Words((Word(item.text),)), f"f{len(self.parameters)}_")
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
        return scored(self.resource, f"({' AND '.join(conditions)})")

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
_HAS: Mapping[str, str] = {
    "text": "{} != ''",
    "word": "{} != ''",
    "set": "notEmpty({})",
    "number": "isNotNull({0}) AND {0} != 0",
    "duration": "isNotNull({})",
    "cost": "{} != 0",
    "time": "{} != 0",
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
