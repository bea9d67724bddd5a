"""Order and place in a list: `sort`, `cursor`, and the SQL that they become. Pure.

Pages are cut by key, not by number: a cursor holds the sort keys of the last row, so a page begins after that row
wherever it stands now, and a walk meets every row that did not move exactly once, also while data arrives. A cursor is
bound to the list's parameters by a fingerprint; given with others it is refused.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ...errors import BadParameter, InvalidCursor
from ...store.search.condition import Condition
from ...store.search.fields import FIELDS, Field, find_field
from ..http.parameters import shorten

_VERSION = 1
_SMALLEST = -(2**63)


@dataclass(frozen=True)
class Key:
    """A field to sort by."""

    field: Field
    descending: bool

    @property
    def sql(self) -> str:
        """Its value, never NULL: what is unknown is smaller than everything."""
        return f"ifNull({self.field.sql}, {_SMALLEST})" if self.field.nullable else self.field.sql

    @property
    def type(self) -> str:
        """The SQL type by which a value of it is bound."""
        return "String" if self.field.type in ("text", "word") else "Int64"


@dataclass(frozen=True)
class Order:
    """The keys of a list, the last of them its id, so that no two rows are equal."""

    keys: tuple[Key, ...]

    @property
    def columns(self) -> str:
        """Select list: the keys as `k0`, `k1`, …"""
        return ", ".join(f"{key.sql} AS k{index}" for index, key in enumerate(self.keys))

    @property
    def by(self) -> str:
        """ORDER BY list."""
        return ", ".join(
            f"{key.field.column or f'k{index}'} {'DESC' if key.descending else 'ASC'}"
            for index, key in enumerate(self.keys)
        )

    @property
    def types(self) -> list[type[int] | type[str]]:
        """Types of the keys in a cursor."""
        return [str if key.type == "String" else int for key in self.keys]

    def after(self, values: Sequence[Any]) -> Condition:
        """True for the rows behind the one with these keys."""
        alternatives, equal = [], []
        parameters = {}
        for index, (key, value) in enumerate(zip(self.keys, values, strict=True)):
            bound = f"{{c{index}:{key.type}}}"
            parameters[f"c{index}"] = value
            alternatives.append(" AND ".join([*equal, f"k{index} {'<' if key.descending else '>'} {bound}"]))
            equal.append(f"k{index} = {bound}")
        return Condition(f"({' OR '.join(f'({alternative})' for alternative in alternatives)})", parameters)

    def values(self, row: dict[str, Any]) -> list[Any]:
        """The keys of a row."""
        return [row[f"k{index}"] for index in range(len(self.keys))]


def parse_order(resource: str, text: str | None, default: str, id_name: str) -> Order:
    """Parse `sort`: fields of the list, separated by commas, with `-` before those that descend."""
    keys: list[Key] = []
    for word in (text or default).split(","):
        name = word.strip().removeprefix("-")
        found = find_field(resource, name)
        if found is None or not found.sortable:
            known = ", ".join(field.name for field in FIELDS[resource] if field.sortable)
            raise BadParameter(
                f"{resource} cannot be sorted by `{shorten(name)}`", hint=f"sort by: {known}", field="sort"
            )
        if all(key.field is not found for key in keys):
            keys.append(Key(found, word.strip().startswith("-")))
    id_field = find_field(resource, id_name)
    if id_field and all(key.field is not id_field for key in keys):
        keys.append(Key(id_field, keys[0].descending))
    return Order(tuple(keys))


def fingerprint(*parts: Any) -> str:
    """Hash the parameters that a cursor belongs to."""
    return hashlib.blake2b(orjson.dumps(parts), digest_size=6).hexdigest()


def write_cursor(belongs_to: str, values: Sequence[Any]) -> str:
    """Encode a place in a list as opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps([_VERSION, belongs_to, *values])).decode().rstrip("=")


def read_cursor(text: str, belongs_to: str, types: Sequence[type[int] | type[str]]) -> list[Any]:
    """Decode a cursor into the values that `write_cursor` was given.

    Raises `InvalidCursor` where the cursor is damaged, belongs to another list, or holds values of other types: it came
    from outside, so nothing in it is trusted.
    """
    try:
        version, owner, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        raise _invalid("the cursor cannot be read") from None
    if version != _VERSION or owner != belongs_to or len(values) != len(types):
        raise _invalid("the cursor belongs to a list with another order, filter or time")
    if not all(type(value) is type_ and _in_64_bits(value) for value, type_ in zip(values, types, strict=True)):
        raise _invalid("the cursor cannot be read")
    return values


def _in_64_bits(value: int | str) -> bool:
    return isinstance(value, str) or -(2**63) <= value < 2**63


def _invalid(message: str) -> InvalidCursor:
    return InvalidCursor(
        message, hint="begin again without `cursor`, and leave the other parameters as they were", field="cursor"
    )
