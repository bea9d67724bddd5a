"""OTLP/protobuf written by hand from pre-built pieces: some ten times as fast as the generated classes.

Only what the dataset needs: fields of Span, KeyValue, LogRecord and the two request messages. `test_dataset.py` parses
the results with the official classes.
"""

import struct

_SHORT = [bytes((n,)) if n < 128 else bytes((n & 127 | 128, n >> 7)) for n in range(1 << 14)]
_double = struct.Struct("<d").pack
_fixed64 = struct.Struct("<Q").pack


def varint(n: int) -> bytes:
    """A number in protobuf's base-128 form; `n` ≥ 0."""
    if n < 1 << 14:
        return _SHORT[n]
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


class Key:
    """An attribute's key, ready to be joined with a value, inside the field of the message that holds it.

    `number` is the field of the attribute list: 9 in a span, 6 in a log record, 1 in a resource.
    """

    __slots__ = ("integers", "key", "length", "tag")

    def __init__(self, key: str, number: int = 9) -> None:
        self.tag = varint(number << 3 | 2)
        self.key = field(1, key.encode()) + b"\x12"
        self.length = len(self.key)
        self.integers: dict[int, bytes] = {}

    def _pair(self, value: bytes) -> bytes:
        pair = self.key + varint(len(value)) + value
        return self.tag + varint(len(pair)) + pair

    def text(self, value: bytes) -> bytes:
        """The attribute with a string value (UTF-8)."""
        length = len(value)
        if length > 16_000:
            return self._pair(field(1, value))
        size = _SHORT[length]
        length += 1 + len(size)
        whole = _SHORT[length]
        return b"".join((self.tag, _SHORT[self.length + len(whole) + length], self.key, whole, b"\x0a", size, value))

    def integer(self, value: int) -> bytes:
        """The attribute with a whole number ≥ 0."""
        made = self.integers.get(value)
        if made is None:
            made = self._pair(b"\x18" + varint(value))
            if value < 1 << 14:
                self.integers[value] = made
        return made

    def number(self, value: float) -> bytes:
        """The attribute with a double."""
        return self._pair(b"\x21" + _double(value))

    def truth(self, value: bool) -> bytes:
        """The attribute with a boolean."""
        return self._pair(b"\x10" + (b"\x01" if value else b"\x00"))

    def texts(self, values: list[bytes]) -> bytes:
        """The attribute with a list of strings."""
        return self._pair(field(5, b"".join(field(1, field(1, value)) for value in values)))


def span(
    trace_id: bytes, span_id: bytes, parent: bytes, head: bytes, start_us: int, end_us: int, tail: bytes, error: bytes
) -> bytes:
    """A span framed as an entry of ScopeSpans; `head` is name and kind, `tail` the attributes, `error` a message
    or b""."""
    body = b"".join(
        (
            b"\x0a\x10",
            trace_id,
            b"\x12\x08",
            span_id,
            b"\x22\x08" + parent if parent else b"",
            head,
            b"\x39",
            _fixed64(start_us * 1000),
            b"\x41",
            _fixed64(end_us * 1000),
            tail,
            field(15, field(2, error) + b"\x18\x02") if error else b"",
        )
    )
    return b"\x12" + varint(len(body)) + body


def head(name: str, kind: int) -> bytes:
    """Name and kind of a span (1 internal, 3 client)."""
    return field(5, name.encode()) + b"\x30" + bytes((kind,))


def record(event_name: bytes, at_us: int, attributes: bytes, trace_id: bytes = b"", span_id: bytes = b"") -> bytes:
    """A log record framed as an entry of ScopeLogs."""
    body = b"".join(
        (
            b"\x09",
            _fixed64(at_us * 1000),
            b"\x10\x09",
            attributes,
            b"\x4a\x10" + trace_id if trace_id else b"",
            b"\x52\x08" + span_id if span_id else b"",
            b"\x62" + varint(len(event_name)) + event_name,
        )
    )
    return b"\x12" + varint(len(body)) + body


def request(resource: bytes, scope: bytes, entries: list[bytes]) -> bytes:
    """A whole ExportTraceServiceRequest or ExportLogsServiceRequest of one resource and one scope."""
    size = sum(map(len, entries))
    inner = field(1, scope)
    scoped = b"\x12" + varint(len(inner) + size) + inner
    outer = field(1, resource)
    return b"".join((b"\x0a", varint(len(outer) + len(scoped) + size), outer, scoped, *entries))
