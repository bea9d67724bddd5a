"""The filter language: text to clauses, and clauses back to text. What the fields mean is in `fields.py`.

    filter  = clause *( SP clause )                        all must hold
    clause  = [ "-" ] field op item *( "," item )          any of the items; a leading "-" negates
            | [ "-" ] "has:" field                         the field has a value
    op      = ":" equal   "~" contains   ">" ">=" "<" "<="
    item    = value [ "*" ]                                "*": begins with; only after ":"
            | value ".." value                             both ends included; only after ":"
    value   = bare word | quoted text                      in quotes \\" is a quote and \\\\ a backslash
    field   = name | ("meta." | "trait." | "score.") (key | quoted text)

`ui/src/filter/grammar.ts` reads the same language; `contract/filters.json` holds both to the same examples.
"""

import re
from dataclasses import dataclass
from typing import Literal

from ...errors import InvalidFilter

GRAMMAR = """\
field:value  field:a,b  field:begin*  field:1..5  field~part  field>=5  -field:value  has:field
all clauses must hold; quote values with spaces: name:"my order"; numbers take units: 2s 300ms 10k $0.05"""

Operator = Literal[":", "~", ">", ">=", "<", "<=", "has"]


@dataclass(frozen=True)
class Value:
    """A word to compare with; `prefix` where it was written with a `*` behind it."""

    text: str
    prefix: bool = False


@dataclass(frozen=True)
class Range:
    """From one word to another, both included."""

    low: str
    high: str


@dataclass(frozen=True)
class Clause:
    """One condition. `position` is where it begins in the text, `value_position` where its values do."""

    field: str
    operator: Operator
    items: tuple[Value | Range, ...] = ()
    negated: bool = False
    position: int = 0
    value_position: int = 0


_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"[A-Za-z0-9_.\-]+")
_OPERATOR = re.compile(r">=|<=|>|<|:|~")
_BARE = re.compile(r'[^ \t\r\n,"]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACES = " \t\r\n"
"""The only separators, so that no alphabet's spaces are treated differently by the two parsers."""
_MAPS = ("meta", "trait", "score")


def parse_filter(text: str) -> tuple[Clause, ...]:
    """The clauses of a filter, in order; none for a text of spaces.

    Raises `InvalidFilter` with the position, in characters from 0, of what cannot be read.
    """
    clauses = []
    at = _skip_spaces(text, 0)
    while at < len(text):
        clause, at = _read_clause(text, at)
        clauses.append(clause)
        if at < len(text) and text[at] not in _SPACES:
            raise _wrong(f"`{text[at]}` cannot stand here", at)
        at = _skip_spaces(text, at)
    return tuple(clauses)


def print_filter(clauses: tuple[Clause, ...]) -> str:
    """The shortest text that parses to these clauses."""
    return " ".join(_print_clause(clause) for clause in clauses)


def _read_clause(text: str, start: int) -> tuple[Clause, int]:
    at = start
    negated = text.startswith("-", at)
    at += negated
    if text.startswith("has:", at):
        field, at = _read_field(text, at + 4)
        return Clause(field, "has", (), negated, start, at), at
    field, at = _read_field(text, at)
    found = _OPERATOR.match(text, at)
    if not found:
        raise _wrong(f"after `{field}` one of `:` `~` `>` `>=` `<` `<=` is missing", at)
    operator: Operator = found.group()  # type: ignore[assignment]
    at = value_position = found.end()
    items = []
    while True:
        item, at = _read_item(text, at, operator)
        items.append(item)
        if not text.startswith(",", at):
            return Clause(field, operator, tuple(items), negated, start, value_position), at
        at += 1


def _read_field(text: str, at: int) -> tuple[str, int]:
    found = _FIELD.match(text, at)
    if not found:
        raise _wrong("a field name is missing", at)
    name, at = found.group(), found.end()
    if name not in _MAPS or not text.startswith(".", at):
        return name, at
    at += 1
    if text.startswith('"', at):
        key, at = _read_quoted(text, at)
    else:
        found = _KEY.match(text, at)
        if not found:
            raise _wrong(f"after `{name}.` a key is missing", at)
        key, at = found.group(), found.end()
    if not key:
        raise _wrong(f"the key after `{name}.` is empty", at)
    return f"{name}.{key}", at


def _read_item(text: str, at: int, operator: Operator) -> tuple[Value | Range, int]:
    if text.startswith('"', at):
        value, at = _read_quoted(text, at)
        if operator == ":" and text.startswith("*", at):
            return Value(value, prefix=True), at + 1
        return _read_high_end(text, at, value) if operator == ":" else (Value(value), at)
    found = _BARE.match(text, at)
    if not found:
        raise _wrong("a value is missing", at)
    word = found.group()
    if operator != ":":
        return Value(word), found.end()
    low, dots, _ = word.partition("..")
    if dots and low:
        return _read_high_end(text, at + len(low), low)
    if dots:
        raise _wrong("the lower end of the range is missing", at)
    if word.endswith("*"):
        return Value(word[:-1], prefix=True), found.end()
    return Value(word), found.end()


def _read_high_end(text: str, at: int, low: str) -> tuple[Value | Range, int]:
    """What follows the lower end: `..` and the upper end, or nothing."""
    if not text.startswith("..", at):
        return Value(low), at
    at += 2
    if text.startswith('"', at):
        high, at = _read_quoted(text, at)
        return Range(low, high), at
    found = _BARE.match(text, at)
    if not found:
        raise _wrong("the upper end of the range is missing", at)
    return Range(low, found.group()), found.end()


def _read_quoted(text: str, at: int) -> tuple[str, int]:
    found = _QUOTED.match(text, at)
    if not found:
        raise _wrong("the quotation is not closed", at)
    return re.sub(r"\\(.)", r"\1", found.group(1), flags=re.DOTALL), found.end()


def _skip_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACES:
        at += 1
    return at


def _wrong(message: str, position: int) -> InvalidFilter:
    return InvalidFilter(message, hint=GRAMMAR, field="filter", position=position)


def _print_clause(clause: Clause) -> str:
    sign = "-" if clause.negated else ""
    field = _print_field(clause.field)
    if clause.operator == "has":
        return f"{sign}has:{field}"
    items = ",".join(_print_item(item, clause.operator) for item in clause.items)
    return f"{sign}{field}{clause.operator}{items}"


def _print_field(field: str) -> str:
    name, dot, key = field.partition(".")
    if not dot or _KEY.fullmatch(key):
        return field
    return f"{name}.{_quote(key)}"


def _print_item(item: Value | Range, operator: Operator) -> str:
    if isinstance(item, Range):
        # A point at the end of the lower end would be read as the first of the two.
        low = _quote(item.low) if item.low.endswith(".") else _print_word(item.low)
        return f"{low}..{_print_word(item.high)}"
    return _print_word(item.text, operator) + ("*" if item.prefix else "")


def _print_word(word: str, operator: Operator = ":") -> str:
    bare = _BARE.fullmatch(word) is not None
    if operator == ":":
        bare = bare and ".." not in word and not word.endswith("*")
    if operator in ("<", ">"):
        bare = bare and not word.startswith("=")
    return word if bare else _quote(word)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
