"""A person is taken out of the kept files, wherever in a record they are named, and nobody else."""

import asyncio
import base64
import json
from collections import Counter
from pathlib import Path
from typing import Literal

import orjson
import pytest
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.dead_letters import keep_dead_letters
from baserun_server.ingest.decode import decode
from baserun_server.ingest.erase import UNREADABLE, Erased, Sweep, erase_from_dead_letters, erase_from_log
from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.log.cursor import Cursor, save_cursor
from baserun_server.ingest.log.files import segment_path, segments
from baserun_server.ingest.log.records import encode_record, read
from baserun_server.ingest.log.writing import Log
from baserun_server.ingest.pipeline import DeadLetter

HERS = {("trace", "a" * 32), ("user", "ada"), ("session", "session-of-ada"), ("call", "call-of-ada")}


def marked(project_id: str, ids) -> dict:
    return {id_: "e1" for id_ in ids if project_id == "default" and id_ in HERS}


ADA = Sweep(marked)
ADA_AND_WHAT_NOBODY_READS = Sweep(marked, unreadable={"default"})


def a_span(trace: str, user: str = "", **attributes) -> dict:
    named = {"user.id": user} if user else {}
    return {"attributes": {**named, **attributes}, "raw": {"traceId": trace * 32}}


def an_entry(*spans: dict, is_json: bool = False, project: str = "default") -> Entry:
    request = forms.traces_request(*spans)
    body = orjson.dumps(request) if is_json else forms.protobuf(request)
    return Entry(
        project, 1_795_000_000_000_000, "traces", f"application/{'json' if is_json else 'x-protobuf'}", "", body
    )


def as_json(path: Literal["traces", "logs"], document: dict) -> Entry:
    return Entry("default", 1_795_000_000_000_000, path, "application/json", "", orjson.dumps(document))


def kept(folder: Path) -> list[list[str]]:
    items = read(folder, Position(0, 0))
    entries = [item.entry for item in items if isinstance(item, Record)]
    decoded = [decode(e.path, e.content_type == "application/json", e.body) for e in entries]
    return [[span.trace_id[0] for span in one.spans] for one in decoded]


async def write(folder: Path, *entries: Entry) -> Log:
    log = Log(folder, segment_bytes=1)
    for entry in entries:
        await log.append(entry)
    return log


async def write_and_store(folder: Path, *entries: Entry) -> None:
    log = await write(folder, *entries)
    await log.roll()
    await log.close()
    save_cursor(folder, Cursor(done=Position(segments(folder)[-1], 0)))


@pytest.mark.parametrize("is_json", [False, True], ids=["protobuf", "json"])
def test_a_persons_spans_leave_the_kept_files_and_others_stay(tmp_path, is_json):
    entries = [
        an_entry(a_span("a"), a_span("b"), a_span("c", "ada"), a_span("d", "bob"), is_json=is_json),
        an_entry(a_span("a"), is_json=is_json),
        an_entry(a_span("b", "bob"), is_json=is_json),
        an_entry(a_span("a", "ada"), is_json=is_json, project="another"),
    ]
    asyncio.run(write_and_store(tmp_path, *entries))

    assert erase_from_log(tmp_path, ADA) == Erased(Counter(e1=3), waiting=[])
    assert kept(tmp_path) == [["b", "d"], ["b"], ["a"]]
    assert erase_from_log(tmp_path, ADA) == Erased(Counter(), waiting=[])


def attributes_of(held: dict) -> list[dict]:
    def value(one):
        if isinstance(one, dict):
            return {"kvlistValue": {"values": attributes_of(one)}}
        if isinstance(one, list):
            return {"arrayValue": {"values": [value(item) for item in one]}}
        return {"stringValue": one}

    return [{"key": key, "value": value(one)} for key, one in held.items()]


PLACES = {
    "an attribute": {"attributes": {"user.id": "ada"}},
    "the resource": {"resource": {"user.id": "ada"}},
    "the scope": {"scope": {"user.id": "ada"}},
    "metadata as JSON": {"attributes": {"metadata": '{"user_id": "ada"}'}},
    "the request to the provider": {"attributes": {"llm.invocation_parameters": '{"user": "ada"}'}},
    "the provider's end-user field": {"attributes": {"gen_ai.request.user": "ada"}},
    "an attribute of another product": {"attributes": {"langfuse.user.id": "ada"}},
    "a structure": {"attributes": {"app": {"user": {"id": "ada"}}}},
    "JSON inside of JSON": {"attributes": {"app": json.dumps({"context": json.dumps({"customer_id": "ada"})})}},
    "the session": {"attributes": {"session.id": "session-of-ada"}},
    "the session on the resource": {"resource": {"session.id": "session-of-ada"}},
    "the trace": {"traceId": "a" * 32},
}
"""Where a record may say whose it is."""
RECORDS: dict[str, tuple[Literal["traces", "logs"], str, str, str]] = {
    "span": ("traces", "resourceSpans", "scopeSpans", "spans"),
    "log record": ("logs", "resourceLogs", "scopeLogs", "logRecords"),
}


def request_of(kind: str, said: str, given: dict) -> Entry:
    path, top, middle, bottom = RECORDS[kind]
    record = {"attributes": attributes_of({**given.get("attributes", {}), "said": said})}
    record |= {"traceId": given.get("traceId", "e" * 32), "spanId": "5" * 16} if path == "traces" else {}
    record |= {"traceId": given["traceId"]} if "traceId" in given else {}
    scope = {"scope": {"name": "t", "attributes": attributes_of(given.get("scope", {}))}, bottom: [record]}
    resource = {"resource": {"attributes": attributes_of(given.get("resource", {}))}, middle: [scope]}
    return as_json(path, {top: [resource]})


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_record_goes_wherever_it_names_the_person(tmp_path, kind, place):
    asyncio.run(write_and_store(tmp_path, request_of(kind, "my secret", PLACES[place]), request_of(kind, "bob's", {})))

    assert erase_from_log(tmp_path, ADA).records == Counter(e1=1)
    left = b"".join(path.read_bytes() for path in tmp_path.glob("*.log"))
    assert b"my secret" not in left
    assert b"bob's" in left


def test_a_log_record_about_a_call_of_the_person_goes_without_naming_them(tmp_path):
    about = {"attributes": {"gen_ai.response.id": "call-of-ada"}}
    asyncio.run(write_and_store(tmp_path, request_of("log record", "my secret", about)))

    assert erase_from_log(tmp_path, ADA).records == Counter(e1=1)


def test_what_only_speaks_of_the_person_stays(tmp_path):
    message = json.dumps([{"role": "user", "content": "ada"}])
    asyncio.run(
        write_and_store(tmp_path, request_of("span", "x", {"attributes": {"environment": "ada", "messages": message}}))
    )

    assert erase_from_log(tmp_path, ADA).records == Counter()


def test_others_who_come_to_a_persons_session_stay(tmp_path):
    joint = {"attributes": {"session.id": "session-of-ada", "user.id": "bob"}}
    asyncio.run(write_and_store(tmp_path, request_of("span", "x", joint)))

    assert erase_from_log(tmp_path, ADA).records == Counter()


def test_resource_and_scope_go_with_the_last_of_their_records(tmp_path):
    hers = forms.traces_request(a_span("a"))
    hers["resourceSpans"][0]["resource"]["attributes"] += attributes_of({"host.name": "adas-laptop"})
    both = {"resourceSpans": [*hers["resourceSpans"], *forms.traces_request(a_span("b"))["resourceSpans"]]}
    protobuf = Entry("default", 1, "traces", "application/x-protobuf", "", forms.protobuf(both))
    asyncio.run(write_and_store(tmp_path, as_json("traces", both), protobuf))

    assert erase_from_log(tmp_path, ADA).records == Counter(e1=2)
    assert kept(tmp_path) == [["b"], ["b"]]
    assert b"adas-laptop" not in b"".join(path.read_bytes() for path in tmp_path.glob("*.log"))


def test_a_file_that_is_not_stored_yet_waits_and_is_named(tmp_path):
    async def check() -> None:
        log = await write(tmp_path, an_entry(a_span("a")), an_entry(a_span("a")), an_entry(a_span("a")))
        _, second, third = segments(tmp_path)
        save_cursor(tmp_path, Cursor(done=Position(second, 0)))

        assert erase_from_log(tmp_path, ADA) == Erased(Counter(e1=1), waiting=[second, third])
        assert kept(tmp_path) == [["a"], ["a"]]
        await log.close()

    asyncio.run(check())


def test_the_reader_goes_on_where_it_was_after_its_file_was_written_again(tmp_path):
    async def check() -> None:
        log = await write(tmp_path, an_entry(a_span("a"), a_span("b")))
        [record] = read(tmp_path, Position(0, 0))
        save_cursor(tmp_path, Cursor(done=record.end))
        await log.roll()

        assert erase_from_log(tmp_path, ADA).records == Counter(e1=1)
        await log.append(an_entry(a_span("e")))

        [following] = read(tmp_path, record.end)
        assert isinstance(following, Record)
        assert following.start.segment > record.start.segment
        await log.close()

    asyncio.run(check())


DEEP = b"[" * 100_000 + b"]" * 100_000
NOT_TO_BE_READ = {
    "no protobuf": Entry("default", 1, "traces", "application/x-protobuf", "", b"\x99ada"),
    "cut gzip": Entry("default", 1, "traces", "application/json", "gzip", b"\x1f\x8b\x08ada"),
    "very deep JSON": Entry("default", 1, "logs", "application/json", "", b'{"resourceLogs": "ada' + DEEP),
    "another shape": as_json("traces", {"resourceSpans": "ada"}),
}


@pytest.mark.parametrize("case", NOT_TO_BE_READ)
def test_what_nobody_can_read_goes_with_the_erasure_of_its_project_and_stops_nothing(tmp_path, case):
    strange = NOT_TO_BE_READ[case]
    asyncio.run(write_and_store(tmp_path, strange, an_entry(a_span("a"), a_span("b"))))

    assert erase_from_log(tmp_path, Sweep(marked, unreadable={"another"})).records == Counter(e1=1)
    assert strange.body in b"".join(path.read_bytes() for path in tmp_path.glob("*.log"))
    assert erase_from_log(tmp_path, ADA_AND_WHAT_NOBODY_READS).records == Counter({UNREADABLE: 1})
    assert kept(tmp_path) == [["b"]]


def test_damaged_bytes_of_the_log_go_with_an_erasure(tmp_path):
    asyncio.run(write_and_store(tmp_path, an_entry(a_span("b"))))
    path = segment_path(tmp_path, segments(tmp_path)[0])
    path.write_bytes(b"ada" * 9 + path.read_bytes() + encode_record(an_entry(a_span("c"))))

    assert erase_from_log(tmp_path, ADA).records == Counter()
    assert erase_from_log(tmp_path, ADA_AND_WHAT_NOBODY_READS).records == Counter({UNREADABLE: 1})
    assert kept(tmp_path) == [["b"], ["c"]]
    assert b"ada" not in path.read_bytes()


def test_a_persons_dead_letters_go_too(tmp_path):
    path = tmp_path / "dead-letters.jsonl"
    both = an_entry(a_span("b"), a_span("c", "ada"), is_json=True)
    sent = decode("traces", True, both.body).spans
    letters = [
        DeadLetter("1:0", "unreadable", both),
        DeadLetter("1:1", "refused", {"project_id": "default", "user_id": "ada"}),
        DeadLetter("1:2", "refused", {"project_id": "default", "user_id": "bob"}),
        DeadLetter("1:3", "unreadable", sent[1], "default", 1),
        DeadLetter("1:4", "unreadable", sent[0], "default", 1),
        DeadLetter("1:5/roll-up", "refused", [{"project_id": "default", "user_ids": ["ada"]}]),
        DeadLetter("1:6", "refused", {"project_id": "another", "user_id": "ada"}),
    ]
    keep_dead_letters(path, letters, 1)

    assert erase_from_dead_letters(path, ADA) == Counter(e1=4)
    left = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert [letter["id"] for letter in left] == ["1:0", "1:2", "1:4", "1:6"]
    body = base64.b64decode(left[0]["record"][5])
    assert [span.trace_id[0] for span in decode("traces", True, body).spans] == ["b"]


def test_letters_that_nobody_can_read_go_with_an_erasure_also_from_the_file_put_aside(tmp_path):
    path = tmp_path / "dead-letters.jsonl"
    keep_dead_letters(path, [DeadLetter("1:0", "damaged", b"ada"), DeadLetter("1:1", "x", "bob", "another")], 1)
    garbage = [
        b"no letter, of ada}",
        b'{"id": "1:2", "kind": 7}',
        b"[" * 50_000 + b"}",
        b"\xff\xfe}",
        b"",
        b'{"cut": "ada',
    ]
    with path.open("ab") as file:
        file.write(b"\n".join(garbage))
    path.with_suffix(".old").write_bytes(path.read_bytes())

    assert erase_from_dead_letters(path, ADA) == Counter()
    assert erase_from_dead_letters(path, ADA_AND_WHAT_NOBODY_READS) == Counter({UNREADABLE: 2 * (1 + len(garbage))})
    for part in (path, path.with_suffix(".old")):
        assert [orjson.loads(line)["id"] for line in part.read_bytes().splitlines()] == ["1:1"]
