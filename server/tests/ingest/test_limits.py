"""Limits of structure: each is reached, and gone one beyond, in both encodings; neighbours are always kept."""

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from server.tests.ingest import otlp_forms as forms

from baserun_server import limits
from baserun_server.errors import BadRequest, Refused, TooLarge
from baserun_server.ingest import bounds
from baserun_server.ingest.bounds import LIMITS_KEY, TOO_DEEP, is_deeper, within
from baserun_server.ingest.decode import check
from baserun_server.ingest.literals import json_of_literal
from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.otlp.compression import decompress, zstd
from baserun_server.ingest.pipeline import Pipeline
from baserun_server.ingest.values import parsed
from baserun_server.model import LISTS, Batch
from baserun_server.settings import Settings
from baserun_server.store.inserts import inserts_of
from baserun_server.writing_out import write_spans_out

PIPELINE = Pipeline.of(Settings())
MIB = 1 << 20


def as_json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def as_protobuf(document: dict[str, Any]) -> bytes:
    return encode_any(document)


ENCODINGS = {"application/json": as_json, "application/x-protobuf": as_protobuf}


def read(body: bytes, content_type: str, path: Any = "traces") -> tuple[Batch, list[Any]]:
    """What the worker makes of a body that the front has acknowledged."""
    assert check(path, content_type == "application/json", body)
    batch = Batch("t", [], [], [], [], [])
    entry = Entry("p", forms.RECEIVED_US, path, content_type, "", body)
    letters = PIPELINE.read(Record(Position(1, 0), Position(1, 1), entry), batch)
    write_spans_out(batch.spans)
    inserts_of(batch)
    return batch, letters


def a_span(attributes: list[dict[str, Any]], **raw: Any) -> dict[str, Any]:
    made = forms.traces_request({"name": "x"}, {"name": "neighbour"})
    span = made["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    span |= {"attributes": attributes, **raw}
    return made


def limits_said(record: Any) -> list[str]:
    held = next(getattr(record, name) for name in ("attributes", "metadata", "traits") if hasattr(record, name))
    held = json.loads(bytes(held)) if not isinstance(held, dict) else held
    return held.get(LIMITS_KEY, [])


# --- depth -----------------------------------------------------------------------------------------------------------


def nested(levels: int, in_objects: bool) -> dict[str, Any]:
    value: dict[str, Any] = {"stringValue": "x"}
    for _ in range(levels):
        if in_objects:
            value = {"kvlistValue": {"values": [{"key": "a", "value": value}]}}
        else:
            value = {"arrayValue": {"values": [value]}}
    return value


DEPTHS = [0, 1, 30, 31, 32, 46, 47, 48, 49, 50, 63, 64, 65, 66, 100, 200]


@pytest.mark.parametrize("content_type", ENCODINGS)
@pytest.mark.parametrize("in_objects", [False, True], ids=["arrays", "objects"])
@pytest.mark.parametrize("levels", DEPTHS)
def test_a_value_is_kept_to_64_levels_in_every_encoding_and_cut_with_a_mark_below(levels, in_objects, content_type):
    document = a_span([{"key": "a", "value": nested(levels, in_objects)}])
    batch, letters = read(ENCODINGS[content_type](document), content_type)

    assert letters == []
    span, neighbour = batch.spans
    held = json.loads(bytes(span.attributes))["a"]
    assert (TOO_DEEP in json.dumps(held)) == (levels > limits.DEPTH)
    assert is_deeper(held, min(levels, limits.DEPTH) - 1) or levels == 0
    assert not is_deeper(held, min(levels, limits.DEPTH))
    assert (bounds.OVER_LIMIT in span.marks, bool(limits_said(span))) == (levels > limits.DEPTH,) * 2
    assert (neighbour.name, limits_said(neighbour)) == ("neighbour", [])


@pytest.mark.parametrize("content_type", ENCODINGS)
@pytest.mark.parametrize("where", ["body", "attributes", "resource"])
@pytest.mark.parametrize("levels", [64, 65, 120])
def test_log_records_resources_and_events_have_the_same_depth(levels, where, content_type):
    record = {"eventName": "e", "timeUnixNano": str(forms.START_NS), "attributes": []}
    pairs = [{"key": "a", "value": nested(levels, True)}]
    if where == "body":
        record["body"] = nested(levels, True)
    elif where == "attributes":
        record["attributes"] = pairs
    resource = {"attributes": pairs if where == "resource" else []}
    document = {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}]}
    batch, letters = read(ENCODINGS[content_type](document), content_type, "logs")

    assert letters == []
    [log] = batch.logs
    assert bool(limits_said(log)) == (levels > limits.DEPTH)


@pytest.mark.parametrize("form", ["[", '{"a":', '[{"role":"user","content":'])
@pytest.mark.parametrize(
    "key",
    [
        "input.value",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.tool.call.arguments",
        "gen_ai.completion.0.tool_calls.0.arguments",
        "langfuse.observation.output",
        "llm.invocation_parameters",
        "metadata",
        "baserun.metadata.x",
    ],
)
def test_a_text_that_holds_deep_json_is_a_text_and_its_trace_is_stored(key, form):
    closing = {"[": "]", '{"a":': "}", '[{"role":"user","content":': "}]"}[form]
    for levels in (64, 65, 250, 251, 252, 253, 254, 255, 300, 400, 1_023, 1_024, 1_025, 5_000):
        text = form * levels + '"x"' + closing * levels
        attributes = {key: text, "gen_ai.operation.name": "chat", "openinference.span.kind": "LLM"}
        batch, letters = read(as_json(a_span(forms.attributes(attributes))), "application/json")

        assert letters == []
        assert [span.name for span in batch.spans] == ["x", "neighbour"]


@pytest.mark.parametrize("levels", [65, 400])
def test_json_inside_json_inside_json_cannot_add_up_to_more_than_the_store_can_write(levels):
    inner = "[" * 60 + "1" + "]" * 60
    for _ in range(5):
        inner = json.dumps([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": inner}}]}])
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.output.messages": inner}
    batch, letters = read(as_json(a_span(forms.attributes(attributes))), "application/json")
    assert (letters, len(batch.spans)) == ([], 2)


@pytest.mark.parametrize("levels", [1_025, 3_000, 100_000])
def test_a_body_with_more_levels_than_the_parser_takes_is_refused(levels):
    for body in (b"[" * levels + b"]" * levels, b'{"resourceSpans":' * levels, b'{"a":[' * levels):
        with pytest.raises(BadRequest):
            check("traces", True, body)


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=20))
def test_within_cuts_exactly_what_is_deeper(value):
    def depth(held: Any) -> int:
        return 1 + max(map(depth, held), default=0) if isinstance(held, list) else 0

    for levels in range(depth(value) + 2):
        assert is_deeper(value, levels) == (depth(value) > levels)
        assert depth(within(value, levels)) == min(depth(value), levels)
        assert (within(value, levels) == value) == (depth(value) <= levels)


# --- numbers and lengths ---------------------------------------------------------------------------------------------


def pair(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


@pytest.mark.parametrize("content_type", ENCODINGS)
@pytest.mark.parametrize("beyond", [-1, 0, 1])
@pytest.mark.parametrize(
    ("limit", "made", "kept"),
    [
        (
            limits.ATTRIBUTES,
            lambda n: a_span([pair(f"k{i}", "v") for i in range(n)]),
            lambda span: sum(key.startswith("k") for key in json.loads(bytes(span.attributes))),
        ),
        (
            limits.METADATA_KEYS,
            lambda n: a_span([pair(f"baserun.metadata.k{i}", "v") for i in range(n)]),
            lambda span: len(json.loads(bytes(span.metadata))),
        ),
        (
            limits.KEY_CHARACTERS,
            lambda n: a_span([pair("k" * n, "v")]),
            lambda span: max(len(key) for key in json.loads(bytes(span.attributes)) if key.startswith("kk")),
        ),
        (
            limits.EVENTS,
            lambda n: a_span([], events=[{"name": "e", "timeUnixNano": str(forms.START_NS)}] * n),
            lambda span: len(span.events),
        ),
        (limits.NAME_CHARACTERS, lambda n: a_span([], name="n" * n), lambda span: len(span.name)),
        (limits.ID_CHARACTERS, lambda n: a_span([pair("user.id", "u" * n)]), lambda span: len(span.user_id)),
        (limits.ID_CHARACTERS, lambda n: a_span([pair("session.id", "s" * n)]), lambda span: len(span.session_id)),
        (
            limits.TAGS,
            lambda n: a_span([pair("baserun.tags", json.dumps([f"t{i}" for i in range(n)]))]),
            lambda span: len(span.tags),
        ),
    ],
    ids=["attributes", "metadata", "key", "events", "name", "user", "session", "tags"],
)
def test_what_a_span_may_have_of_something_is_kept_and_the_rest_is_cut_with_a_mark(
    limit, made, kept, beyond, content_type
):
    batch, letters = read(ENCODINGS[content_type](made(limit + beyond)), content_type)

    assert letters == []
    span, neighbour = batch.spans
    assert kept(span) == min(limit + beyond, limit)
    assert (bounds.OVER_LIMIT in span.marks) == (beyond > 0)
    assert bool(limits_said(span)) == (beyond > 0)
    assert neighbour.name == "neighbour"


def test_a_text_of_16_mib_is_whole_and_a_longer_one_is_cut():
    for beyond in (0, 1):
        document = a_span([pair("note", "x" * (limits.TEXT_CHARACTERS + beyond))])
        batch, _ = read(as_json(document), "application/json")
        assert len(json.loads(bytes(batch.spans[0].attributes))["note"]) == limits.TEXT_CHARACTERS
        assert (bounds.OVER_LIMIT in batch.spans[0].marks) == bool(beyond)


def test_two_long_ids_with_the_same_beginning_stay_two_people():
    documents = [a_span([pair("user.id", "u" * 5_000 + end)]) for end in "ab"]
    users = [read(as_json(document), "application/json")[0].spans[0].user_id for document in documents]
    assert users[0] != users[1]
    assert {len(user) for user in users} == {limits.ID_CHARACTERS}


RECORDS = {
    "session_events": ("session.start", "session.id"),
    "user_events": ("baserun.user.identify", "user.id"),
    "scores": ("gen_ai.evaluation.result", "gen_ai.evaluation.name"),
    "logs": ("baserun.log", "session.id"),
}


@pytest.mark.parametrize("kind", [name for name in LISTS if name != "spans"])
def test_every_kind_of_record_is_cut_and_says_so(kind):
    event, key = RECORDS[kind]
    attributes = {key: "i" * 9_000, "session.id": "s", "user.id": "u"} | {key: "i" * 9_000}
    record = {"eventName": event, "attributes": attributes, "body": "x"}
    batch, letters = read(as_json(forms.logs_request(record)), "application/json", "logs")
    assert letters == []
    [made] = getattr(batch, kind)
    assert any("9000" in said for said in limits_said(made)), limits_said(made)


def test_every_text_of_every_record_has_a_limit():
    """A field added to a record needs a row in one of the tables of `bounds`, or a reason here."""
    made_by_us = {
        "project_id", "trace_id", "span_id", "parent_span_id", "kind", "status", "said", "input_preview",
        "output_preview", "cost_source", "source",
    }  # fmt: skip
    for kind, ids in bounds.IDS.items():
        texts = {field for field, type_ in kind.__annotations__.items() if type_ in (str, "str")}
        known = {*ids, *bounds.NAMES[kind], *bounds.TEXTS[kind]}
        assert texts - known - made_by_us == set(), kind


# --- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_members_of_a_body_are_read_up_to_a_number_and_refused_above_it(encoding):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd.compress}[encoding]
    for number in (1, 2, 1_000, limits.MEMBERS):
        assert decompress(pack(b"a") + pack(b"") * (number - 1), encoding, MIB) == b"a"
    with pytest.raises(BadRequest, match="members"):
        decompress(pack(b"") * (limits.MEMBERS + 1), encoding, MIB)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=3_000), min_size=1, max_size=5), st.sampled_from(["gzip", "zstd", "deflate"]))
def test_a_body_in_members_of_any_sizes_is_what_was_packed(pieces, encoding):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd.compress}[encoding]
    body = b"".join(map(pack, pieces))
    whole = b"".join(pieces)
    assert decompress(body, encoding, len(whole)) == whole
    with pytest.raises(Refused):
        decompress(body[:-1], encoding, len(whole))
    if whole:
        with pytest.raises(TooLarge):
            decompress(body, encoding, len(whole) - 1)


def test_protobuf_of_tiny_messages_is_refused_before_it_takes_a_hundred_times_its_size():
    resources = b"\x0a\x00" * 2_100_000
    spans = field(1, field(2, b"\x12\x00" * 2_100_000))
    attributes = field(1, field(2, field(2, b"\x4a\x00" * 2_100_000)))
    items = field(1, field(2, field(2, field(9, field(1, b"k") + field(2, field(5, b"\x0a\x00" * 2_100_000))))))
    for body in (resources, spans, attributes, items):
        with pytest.raises(TooLarge, match="values"):
            check("traces", False, body)


def test_json_of_tiny_values_is_refused_before_it_is_parsed():
    for filler in (b"[],", b"{},", b"0,"):
        body = b'{"resourceSpans":[],"x":[' + filler * 4_100_000 + b"0]}"
        with pytest.raises(TooLarge, match="values"):
            check("traces", True, body)


def test_an_ordinary_large_request_is_not_refused():
    document = forms.traces_request(*[{"name": "x", "attributes": {f"k{n}": "v" * 50 for n in range(40)}}] * 3_000)
    for content_type, encode in ENCODINGS.items():
        assert check("traces", content_type == "application/json", encode(document))


@pytest.mark.parametrize("deep", [99, 100, 101, 500, 2_000])
def test_a_broken_protobuf_body_is_refused_however_deep_it_is(deep):
    body = b"\x0a\x01"
    for _ in range(deep):
        body = field(6, field(1, field(2, body)))
    with pytest.raises(BadRequest):
        check("traces", False, field(1, field(2, field(2, field(9, field(1, b"k") + field(2, body) + b"\x07")))))


# --- texts that hold something ---------------------------------------------------------------------------------------

LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(0, 99), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LITERALS, max_size=4) | st.dictionaries(st.text(), LITERALS, max_size=4))
def test_a_python_value_written_as_text_is_read_as_json_would_have_it(value):
    text = repr(value)
    try:
        expected = json.loads(json.dumps(value))
    except ValueError:
        return
    if "\\ud" in text:
        return
    assert parsed(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("('a', 1)", "('a', 1)"),
        ("[('a', 1), (2,)]", [["a", 1], [2]]),
        ("{'a': b'x'}", {"a": "b'x'"}),
        ("{1: 'a', None: 'b', True: 'c'}", {"1": "a", "null": "b", "true": "c"}),
        ('[\'it\\\'s\', "say \\"x\\""]', ["it's", 'say "x"']),
        ("[.5, 1., -2.5e3]", [0.5, 1.0, -2500.0]),
        ("[1 2]", "[1 2]"),
        ("{'a': object()}", "{'a': object()}"),
        ('[1,2,{"a":"cut of', [1, 2, {"a": "cut of"}]),
        ('[1,2,{"a":"cut\\', [1, 2, {"a": "cut"}]),
        ('{"a": 1, "b": [1, 2', {"a": 1, "b": [1]}),
    ],
)
def test_texts_of_several_makers_are_read(text, value):
    assert parsed(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "[" * 40_000 + "," * 40_000,
        "(" * 100_000,
        "['a'," * 40_000,
        "[" + "'b'," * 49_999 + "]",
        '["' + '\\"' * 99_000,
        "['" + "\\'" * 99_000,
        "[" + "-" * 100_000 + "1]",
        "[" + "1+" * 100_000 + "1]",
        "[" + "1" * 199_000,
        '[{"a":"' * 28_000,
        "[" + "[]," * 66_000,
    ],
)
def test_hostile_text_is_read_or_left_as_it_is(text):
    assert parsed(text) == text or isinstance(parsed(text), list)
    json_of_literal(text)


@pytest.mark.parametrize("index", ["²", "①", "१", "٣", "-1", "+1", "1_0", " 1", "9" * 5_000, "99999999999"])
def test_an_index_that_only_looks_like_a_number_costs_nobody_anything(index):
    for prefix in ("gen_ai.prompt.", "gen_ai.completion.", "llm.input_messages.", "llm.tools.", "retrieval.documents."):
        attributes = {
            f"{prefix}{index}.content": "x",
            "gen_ai.operation.name": "chat",
            "openinference.span.kind": "LLM",
        }
        batch, letters = read(as_json(a_span(forms.attributes(attributes))), "application/json")
        assert (letters, len(batch.spans)) == ([], 2)


# --- encoding --------------------------------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


NUMBERS = {
    "resourceSpans": 1, "resourceLogs": 1, "scopeSpans": 2, "scopeLogs": 2, "resource": 1, "spans": 2, "logRecords": 2,
    "traceId": 1, "spanId": 2, "name": 5, "events": 11, "eventName": 12, "body": 5,
}  # fmt: skip
"""What the documents of these tests hold, by its number; `attributes` and times depend on where they stand."""
ATTRIBUTES = {"resource": 1, "scope": 3, "spans": 9, "events": 3, "logRecords": 6}


def encode_any(held: dict[str, Any], place: str = "") -> bytes:
    """A document of these tests as protobuf: by hand, because the library does not write what it does not read."""
    made = b""
    for name, value in held.items():
        if name == "attributes":
            made += b"".join(
                field(ATTRIBUTES[place], field(1, p["key"].encode()) + field(2, encode_value(p["value"])))
                for p in value
            )
        elif name == "scope":
            made += field(1, field(1, value["name"].encode()))
        elif name == "body":
            made += field(5, encode_value(value))
        elif name in ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano"):
            number = {"startTimeUnixNano": 7, "endTimeUnixNano": 8, "timeUnixNano": 1}[name]
            made += varint(number << 3 | 1) + int(value).to_bytes(8, "little")
        elif isinstance(value, list):
            made += b"".join(field(NUMBERS[name], encode_any(item, name)) for item in value)
        elif isinstance(value, dict):
            made += field(NUMBERS[name], encode_any(value, name)) if name in NUMBERS else b""
        elif name in ("traceId", "spanId"):
            made += field(NUMBERS[name], bytes.fromhex(value))
        elif isinstance(value, str):
            made += field(2 if place == "events" else NUMBERS[name], value.encode())
    return made


def encode_value(value: dict[str, Any]) -> bytes:
    [(kind, held)] = value.items()
    if kind == "stringValue":
        return field(1, held.encode())
    if kind == "intValue":
        return b"\x18" + varint(int(held))
    if kind == "arrayValue":
        return field(5, b"".join(field(1, encode_value(item)) for item in held["values"]))
    pairs = (field(1, item["key"].encode()) + field(2, encode_value(item["value"])) for item in held["values"])
    return field(6, b"".join(field(1, item) for item in pairs))


def test_the_hand_made_encoding_is_what_the_library_reads():
    document = a_span([{"key": "a", "value": nested(3, True)}, pair("user.id", "u")])
    request = ExportTraceServiceRequest.FromString(encode_any(document))
    [span, neighbour] = [s for r in request.resource_spans for s in r.scope_spans[0].spans]
    assert (span.name, neighbour.name, span.attributes[1].value.string_value) == ("x", "neighbour", "u")


@pytest.mark.parametrize("odd", [1.5, True, "text", {"a": 1}, [1, None, [2]]], ids=repr)
def test_a_value_where_a_list_belongs_costs_nobody_anything(odd):
    generations = {"haystack.component.output": json.dumps({"replies": odd}), "haystack.component.name": "g"}
    generations |= {"haystack.component.type": "OpenAIChatGenerator"}
    completion = {"langsmith.span.kind": "llm", "gen_ai.completion": json.dumps({"generations": odd})}
    thought = {
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "reasoning", "summary": odd}]}])
    }
    for attributes in (generations, completion, thought):
        document = a_span(forms.attributes({"gen_ai.operation.name": "chat", **attributes}))
        document["resourceSpans"][0]["scopeSpans"][0]["scope"] = {"name": "haystack.tracing"}
        batch, letters = read(as_json(document), "application/json")
        assert (letters, len(batch.spans)) == ([], 2)
