"""Protobuf requests that the strict parser refuses: mend text that is no UTF-8, or say where the bytes go wrong.

A twin of the OTLP schema with every string declared as bytes reads what the strict one refuses. Used only after the
strict parser has failed.
"""

from functools import lru_cache
from typing import Any

from google.protobuf.message import DecodeError

from .twins import Field, declare_bytes, twin


def mend_utf8(descriptor: Any, body: bytes) -> bytes | None:
    """The same request with invalid text replaced by U+FFFD, None where the body is broken in another way."""
    mended, text_fields = _textless(descriptor)
    try:
        message = mended.FromString(body)
    except DecodeError:
        return None
    _mend(message, text_fields)
    return message.SerializeToString()


def locate_fault(descriptor: Any, body: bytes) -> tuple[int, str]:
    """Offset of the first byte that cannot be read, and the field it stands in (`resource_spans[0].scope_spans[2]`).

    Looks at no more than `LOCATED_FIELDS` fields and `LIBRARY_DEPTH` levels, and says where it stopped looking.
    """
    return _walk(descriptor, body, 0, len(body), "", [LOCATED_FIELDS]) or (len(body), descriptor.name)


def _mend(message: Any, text_fields: frozenset[str]) -> None:
    for field, value in message.ListFields():
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
        if field.type == Field.TYPE_MESSAGE:
            for child in value if repeated else (value,):
                _mend(child, text_fields)
        elif field.full_name in text_fields:
            if repeated:
                value[:] = [_valid(item) for item in value]
            else:
                setattr(message, field.name, _valid(value))


def _valid(data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode()


@lru_cache
def _textless(descriptor: Any) -> tuple[Any, frozenset[str]]:
    """The twin without strings, and the full names of the fields that are strings."""
    text_fields: set[str] = set()

    def declare(message: str, field: Any) -> None:
        if field.type == Field.TYPE_STRING:
            declare_bytes(field)
            text_fields.add(f"{message}.{field.name}")

    return twin(descriptor, declare), frozenset(text_fields)


LIBRARY_DEPTH = 100
"""Levels of messages that the protobuf library reads."""
LOCATED_FIELDS = 100_000
"""A tenth of a second: whoever sent a broken body is told where, not at any price."""


def _walk(
    descriptor: Any, body: bytes, at: int, end: int, path: str, left: list[int], depth: int = 0
) -> tuple[int, str] | None:
    counts: dict[str, int] = {}
    while at < end:
        start = at
        left[0] -= 1
        if left[0] < 0 or depth > LIBRARY_DEPTH:
            return start, path or descriptor.name
        tag, at = _varint(body, at, end)
        if tag is None:
            return start, path or descriptor.name
        number, wire_type = tag >> 3, tag & 7
        field = descriptor.fields_by_number.get(number)
        place = f"{path}.{field.name}".lstrip(".") if field else path or descriptor.name
        if wire_type == 0:
            value, at = _varint(body, at, end)
            if value is None:
                return start, place
        elif wire_type in (1, 5):
            at += 8 if wire_type == 1 else 4
            if at > end:
                return start, place
        elif wire_type == 2:
            length, at = _varint(body, at, end)
            if length is None or at + length > end:
                return start, place
            if field is not None and field.message_type is not None:
                counts[place] = counts.get(place, -1) + 1
                inner = f"{place}[{counts[place]}]"
                fault = _walk(field.message_type, body, at, at + length, inner, left, depth + 1)
                if fault:
                    return fault
            at += length
        else:
            return start, place
    return None


def _varint(body: bytes, at: int, end: int) -> tuple[int | None, int]:
    value = shift = 0
    while at < end and shift < 64:
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return None, at
