"""A person is taken out of the kept files, and nobody else."""

import asyncio
from pathlib import Path

import orjson
import pytest
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.dead_letters import keep_dead_letters, lines_of
from baserun_server.ingest.decode import decode
from baserun_server.ingest.erase import Erased, erase_from_dead_letters, erase_from_log, of_person
from baserun_server.ingest.log import Cursor, Entry, Log, Position, Record, read, save_cursor, segments
from baserun_server.ingest.pipeline import DeadLetter

ADA = of_person({"a" * 32}, {"ada", "session-of-ada"}, "default")


def a_span(trace: str, user: str = "") -> dict:
    return {"attributes": {"user.id": user} if user else {}, "raw": {"traceId": trace * 32}}


def an_entry(*spans: dict, is_json: bool = False, project: str = "default") -> Entry:
    request = forms.traces_request(*spans)
    body = orjson.dumps(request) if is_json else forms.protobuf(request)
    return Entry(
        project, 1_795_000_000_000_000, "traces", f"application/{'json' if is_json else 'x-protobuf'}", "", body
    )


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


@pytest.mark.parametrize("is_json", [False, True], ids=["protobuf", "json"])
def test_a_persons_spans_leave_the_kept_files_and_others_stay(tmp_path, is_json):
    async def check() -> None:
        entries = [
            an_entry(a_span("a"), a_span("b"), a_span("c", "ada"), a_span("d", "bob"), is_json=is_json),
            an_entry(a_span("a"), is_json=is_json),
            an_entry(a_span("b", "bob"), is_json=is_json),
            an_entry(a_span("a", "ada"), is_json=is_json, project="another"),
        ]
        log = await write(tmp_path, *entries)
        await log.roll()
        save_cursor(tmp_path, Cursor(done=Position(segments(tmp_path)[-1], 0)))

        assert erase_from_log(tmp_path, ADA) == Erased(records=3, waiting=[])
        assert kept(tmp_path) == [["b", "d"], ["b"], ["a"]]
        assert erase_from_log(tmp_path, ADA) == Erased(records=0, waiting=[])
        await log.close()

    asyncio.run(check())


def test_a_file_that_is_not_stored_yet_waits_and_is_named(tmp_path):
    async def check() -> None:
        log = await write(tmp_path, an_entry(a_span("a")), an_entry(a_span("a")), an_entry(a_span("a")))
        _, second, third = segments(tmp_path)
        save_cursor(tmp_path, Cursor(done=Position(second, 0)))

        assert erase_from_log(tmp_path, ADA) == Erased(records=1, waiting=[second, third])
        assert kept(tmp_path) == [["a"], ["a"]]
        await log.close()

    asyncio.run(check())


def test_the_reader_goes_on_where_it_was_after_its_file_was_written_again(tmp_path):
    async def check() -> None:
        log = await write(tmp_path, an_entry(a_span("a"), a_span("b")))
        [record] = read(tmp_path, Position(0, 0))
        save_cursor(tmp_path, Cursor(done=record.end))
        await log.roll()

        assert erase_from_log(tmp_path, ADA).records == 1
        await log.append(an_entry(a_span("e")))

        [following] = read(tmp_path, record.end)
        assert isinstance(following, Record)
        assert following.start.segment > record.start.segment
        await log.close()

    asyncio.run(check())


def test_a_persons_dead_letters_go_too(tmp_path):
    path = tmp_path / "dead-letters.jsonl"
    letters = [
        DeadLetter("1:0", "unreadable", an_entry(a_span("b"), a_span("c", "ada"))),
        DeadLetter("1:1", "refused", {"user_id": "ada"}),
        DeadLetter("1:2", "refused", {"user_id": "bob"}),
    ]
    keep_dead_letters(path, letters, 1)

    assert erase_from_dead_letters(path, ADA, {"ada"}) == 2
    assert [orjson.loads(line)["id"] for line in lines_of(path)] == ["1:2"]
