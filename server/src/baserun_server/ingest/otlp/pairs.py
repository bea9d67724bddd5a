"""Attributes of protobuf: pairs of key and value, of which most have been read before, byte for byte."""

from collections.abc import Iterable
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from ...limits import DEPTH
from ..bounds import TOO_DEEP
from .sent import Decoded
from .twins import declare_bytes, twin


def _leave_values(message: str, field: Any) -> None:
    """Leave the values within a value encoded, so that a value is read level by level, however deep it is."""
    if field.type == field.TYPE_MESSAGE:
        declare_bytes(field)


SHALLOW = {kind: twin(kind.DESCRIPTOR, _leave_values) for kind in (AnyValue, ArrayValue, KeyValue, KeyValueList)}


def read_attributes(pairs: Iterable[bytes], decoded: Decoded) -> dict[str, Any]:
    """The attributes that these encoded pairs are; `decoded` notes what was too deep."""
    attributes: dict[str, Any] = {}
    for encoded in pairs:
        pair = _pairs_read.get(encoded)
        if pair is None:
            pair = _read_pair(encoded, decoded)
            if pair is None:
                continue
        attributes[pair[0]] = pair[1]
    return attributes


_pairs_read: dict[bytes, tuple[str, Any]] = {}
_keys_read: dict[bytes, str] = {}
PAIR_BYTES = 96
"""Pairs above this length are no ids, names or numbers and do not come again."""
REMEMBERED = 8_192
"""In a load of 300 spans a request, three pairs of four are found among the last 8,000, and every key."""
KEY_TAG, VALUE_TAG, TEXT_TAG = 0x0A, 0x12, 0x0A


def _read_pair(encoded: bytes, decoded: Decoded) -> tuple[str, Any] | None:
    """Key and value, None where there is no value; short ones are remembered."""
    try:
        pair = _cut_pair(encoded)
    except IndexError:
        pair = None
    if pair is None:
        pair = _whole_pair(encoded, decoded)
        if pair is None:
            return None
    if len(encoded) <= PAIR_BYTES and not isinstance(pair[1], (list, dict)):
        if len(_pairs_read) >= REMEMBERED:
            _pairs_read.clear()
        _pairs_read[encoded] = pair
    return pair


def _whole_pair(encoded: bytes, decoded: Decoded) -> tuple[str, Any] | None:
    try:
        pair = KeyValue.FromString(encoded)
    except DecodeError:
        pair = SHALLOW[KeyValue].FromString(encoded)
        return pair.key, _deep_value(pair.value, DEPTH, decoded)
    return None if pair.value.WhichOneof("value") is None else (pair.key, _value(pair.value))


def read_value(encoded: bytes, decoded: Decoded) -> Any:
    """A single encoded value, likewise."""
    try:
        return _value(AnyValue.FromString(encoded))
    except DecodeError:
        return _deep_value(encoded, DEPTH, decoded)


def _deep_value(encoded: bytes, levels: int, decoded: Decoded) -> Any:
    """A value that is deeper than the library reads at once, down to so many levels; raises `DecodeError`."""
    value = SHALLOW[AnyValue].FromString(encoded)
    which = value.WhichOneof("value")
    if which not in ("array_value", "kvlist_value"):
        return _value(value)
    if not levels:
        decoded.deep = True
        return TOO_DEEP
    if which == "array_value":
        items = SHALLOW[ArrayValue].FromString(value.array_value).values
        return [_deep_value(item, levels - 1, decoded) for item in items]
    pairs = map(SHALLOW[KeyValue].FromString, SHALLOW[KeyValueList].FromString(value.kvlist_value).values)
    return {pair.key: _deep_value(pair.value, levels - 1, decoded) for pair in pairs}


def _cut_pair(encoded: bytes) -> tuple[str, str] | None:
    """A key and a text that are all that a pair holds, cut out: half the price of asking the library.

    None for any other pair, or an `IndexError`.
    """
    if encoded[0] != KEY_TAG or encoded[1] > 127:
        return None
    key_end = 2 + encoded[1]
    if encoded[key_end] != VALUE_TAG:
        return None
    size, at = _read_length(encoded, key_end + 1)
    if size != len(encoded) - at or encoded[at] != TEXT_TAG:
        return None
    size, at = _read_length(encoded, at + 1)
    if size != len(encoded) - at:
        return None
    key = _keys_read.get(encoded[2:key_end])
    if key is None:
        if len(_keys_read) >= REMEMBERED:
            _keys_read.clear()
        key = _keys_read[encoded[2:key_end]] = encoded[2:key_end].decode()
    return key, encoded[at:].decode()


def _read_length(encoded: bytes, at: int) -> tuple[int, int]:
    """A length of up to three bytes, and where what it is of begins; a longer one fits nothing."""
    size = encoded[at]
    if size < 128:
        return size, at + 1
    size = size & 127 | encoded[at + 1] << 7
    if size < 16_384:
        return size, at + 2
    return size & 16_383 | encoded[at + 2] << 14, at + 3


def _value(value: Any) -> Any:
    which = value.WhichOneof("value")
    if which is None:
        return None
    if which == "array_value":
        return [_value(item) for item in value.array_value.values]
    if which == "kvlist_value":
        return {pair.key: _value(pair.value) for pair in value.kvlist_value.values}
    if which == "bytes_value":
        return _text_of_bytes(value.bytes_value)
    return getattr(value, which)


def _text_of_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()
