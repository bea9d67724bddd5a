"""ClickHouse's Native format, the part that we write: a block of columns.

Column after column is cheap to make in Python (numbers are packed in one call) and the engine reads it without parsing.
A string column may be declared `LowCardinality(String)` in the table: the engine converts. Source: ClickHouse,
src/Formats/NativeWriter.cpp and src/DataTypes/Serializations.
"""

import contextlib
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Raw

NUMBER_CODES = {
    "UInt8": "B",
    "UInt16": "H",
    "UInt32": "I",
    "Int64": "q",
    "UInt64": "Q",
    "Float64": "d",
    "Date": "H",
    "DateTime('UTC')": "I",
}


Text = str | bytes | Raw

Column = tuple[str, str, Sequence[Any]]
"""Name, type, values."""


def without_defaults(columns: Sequence[Column]) -> Sequence[Column]:
    """Leave out the columns that hold only what the engine fills in by itself; at least one column stays."""
    return [column for number, column in enumerate(columns) if not number or not _is_default(*column[1:])]


def block(columns: Sequence[Column]) -> bytes:
    """Encode one block; all columns have the same number of values.

    Types: the integers and floats above, `String`, `DateTime64(6, 'UTC')` (microseconds since the epoch), `Nullable(…)`
    of a number, `Array(…)`, `Map(…, …)` and `Tuple(…, …)` of simple types.
    """
    rows = len(columns[0][2]) if columns else 0
    parts = [_length(len(columns)), _length(rows)]
    for name, type_, values in columns:
        parts += (_string(name), _string(type_))
        _encode(type_, values, parts.append)
    return b"".join(parts)


def _is_default(type_: str, values: Sequence[Any]) -> bool:
    return values.count(None) == len(values) if type_.startswith("Nullable(") else not any(values)


def _encode(type_: str, values: Sequence[Any], append: Callable[[bytes], None]) -> None:
    if type_ == "String":
        append(_strings(values))
    elif type_ in NUMBER_CODES:
        append(array(NUMBER_CODES[type_], values).tobytes())
    elif type_.startswith("DateTime64"):
        append(array("q", values).tobytes())
    elif type_.startswith("Nullable("):
        append(bytes([value is None for value in values]))
        _encode(type_[9:-1], [0 if value is None else value for value in values], append)
    elif type_.startswith("Array("):
        append(_offsets(values))
        _encode(type_[6:-1], [item for value in values for item in value], append)
    elif type_.startswith("Map("):
        key_type, value_type = type_[4:-1].split(", ")
        append(_offsets(values))
        _encode(key_type, [key for value in values for key in value], append)
        _encode(value_type, [item for value in values for item in value.values()], append)
    elif type_.startswith("Tuple("):
        for place, item_type in enumerate(type_[6:-1].split(", ")):
            _encode(item_type, [value[place] for value in values], append)
    else:
        raise ValueError(f"type `{type_}` cannot be written")


def _offsets(values: Iterable[Sequence[Any] | Mapping[str, Any]]) -> bytes:
    offsets, end = array("Q"), 0
    for value in values:
        end += len(value)
        offsets.append(end)
    return offsets.tobytes()


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


SHORT_LENGTHS = [_varint(number) for number in range(16_384)]


def _length(number: int) -> bytes:
    return SHORT_LENGTHS[number] if number < 16_384 else _varint(number)


def _lengths(numbers: Sequence[int]) -> list[bytes]:
    try:
        return list(map(SHORT_LENGTHS.__getitem__, numbers))
    except IndexError:
        return list(map(_length, numbers))


def _strings(values: Sequence[Text]) -> bytes:
    if not any(values):
        return bytes(len(values))
    kinds = set(map(type, values))
    sample = values[:64] if Raw not in kinds else ()
    if sample and len(set(sample)) * 4 <= len(sample):
        # Few different values, as most columns have: each is encoded once.
        encoded = {value: _string(value) for value in set(values)}
        return b"".join(map(encoded.__getitem__, values))
    texts = _texts(values, kinds)
    parts: list[bytes | Raw] = [b""] * (2 * len(texts))
    parts[::2] = _lengths(list(map(len, texts)))
    parts[1::2] = texts
    return b"".join(parts)


def _texts(values: Sequence[Text], kinds: set[type]) -> Sequence[bytes | Raw]:
    """Values as UTF-8, in one go where they are all of a kind."""
    if str not in kinds:
        return values  # type: ignore[return-value]
    if kinds == {str}:
        with contextlib.suppress(UnicodeEncodeError):
            return list(map(str.encode, values))  # type: ignore[arg-type]
    return [_utf8(value) if isinstance(value, str) else value for value in values]


def _utf8(value: Any) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair is no UTF-8; the sender's text is kept around it.
        return value.encode("utf-8", "replace")


def _string(value: Text) -> bytes:
    encoded = _utf8(value) if isinstance(value, str) else value
    return b"".join((_length(len(encoded)), encoded))
