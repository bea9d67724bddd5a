"""Reading what was encoded ourselves, against the library's own reading of it."""

from typing import Any

from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from baserun_server.errors import Refused
from baserun_server.ingest.decode import decode

ODD_PAIRS = [
    b"",
    b"\x0a",
    b"\x0a\x01k",
    b"\x0a\x01k\x12",
    b"\x0a\x01k\x12\x00",
    b"\x0a\x01k\x12\x02\x0a\x00",
    b"\x0a\x01k\x12\x80\x00",
    b"\x0a\x01k\x12\x80\x80\x00",
    b"\x0a\x01k\x12\x83\x00\x0a\x01v",
    b"\x0a\x01k\x12\x04\x0a\x01v\x0a",
    b"\x0a\x01k\x12\x06\x0a\x01v\x0a\x01w",
    b"\x0a\x01k\x0a\x01l\x12\x03\x0a\x01v",
    b"\x12\x03\x0a\x01v\x0a\x01k",
    b"\x0a\x01k\x12\x03\x0a\x01v\x12\x03\x0a\x01w",
    b"\x0a\x01k\x12\x03\x0a\x02v",
]

values = st.recursive(
    st.text(max_size=8)
    | st.sampled_from(["x" * size for size in (126, 127, 128, 16_383, 16_384, 40_000)])
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.binary(max_size=4)
    | st.none(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
pairs = st.lists(st.tuples(st.text(max_size=5), values), max_size=6)


def any_value(value: Any) -> AnyValue:
    made = AnyValue()
    if isinstance(value, bool):
        made.bool_value = value
    elif isinstance(value, int):
        made.int_value = value
    elif isinstance(value, float):
        made.double_value = value
    elif isinstance(value, str):
        made.string_value = value
    elif isinstance(value, bytes):
        made.bytes_value = value
    elif isinstance(value, list):
        made.array_value.SetInParent()
        made.array_value.values.extend(map(any_value, value))
    return made


def plain(value: AnyValue) -> Any:
    which = value.WhichOneof("value")
    if which == "array_value":
        return [plain(item) for item in value.array_value.values]
    if which == "bytes_value":
        try:
            return value.bytes_value.decode()
        except UnicodeDecodeError:
            return value.bytes_value.hex()
    return getattr(value, which) if which else None


def request_of(encoded: list[bytes]) -> bytes:
    """A request of one span with these attributes."""
    span = b"".join(b"\x4a" + length(len(pair)) + pair for pair in encoded)
    scope = b"\x12" + length(len(span)) + span
    resource = b"\x12" + length(len(scope)) + scope
    return b"\x0a" + length(len(resource)) + resource


def length(number: int) -> bytes:
    encoded = b""
    while number > 127:
        encoded, number = encoded + bytes([number & 127 | 128]), number >> 7
    return encoded + bytes([number])


def of_the_library(body: bytes) -> dict[str, Any]:
    [outer] = ExportTraceServiceRequest.FromString(body).resource_spans
    attributes = outer.scope_spans[0].spans[0].attributes
    return {pair.key: plain(pair.value) for pair in attributes if pair.value.WhichOneof("value")}


@given(pairs, st.lists(st.sampled_from(ODD_PAIRS[:-1]), max_size=2))
def test_attributes_are_read_as_the_library_reads_them(usual, odd):
    encoded = [KeyValue(key=key, value=any_value(value)).SerializeToString() for key, value in usual]
    body = request_of(encoded + odd)

    for _ in range(2):  # the second time out of what is remembered
        try:
            expected = of_the_library(body)
        except DecodeError:
            continue
        [span] = decode("traces", False, body).spans
        assert span.attributes == expected


@given(st.integers(0, 60), st.integers(0, 255))
def test_a_damaged_attribute_is_read_as_the_library_reads_it_or_refused(place, byte):
    pair = bytearray(KeyValue(key="gen_ai.request.model", value=any_value("a text of some length")).SerializeToString())
    pair[place % len(pair)] = byte
    body = request_of([bytes(pair)])
    try:
        expected = of_the_library(body)
    except DecodeError:
        expected = None
    try:
        [span] = decode("traces", False, body).spans
    except Refused:
        assert expected is None
        return
    assert expected is None or span.attributes == expected


def test_what_is_remembered_of_one_request_is_not_changed_by_the_next():
    body = request_of([KeyValue(key="tags", value=any_value(["a"])).SerializeToString()])
    [first], [second] = decode("traces", False, body).spans, decode("traces", False, body).spans
    first.attributes["tags"].append("b")
    assert second.attributes == {"tags": ["a"]}
