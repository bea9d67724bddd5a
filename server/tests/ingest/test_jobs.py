"""The kept log is read again after a mapping was mended, and dead letters are tried again: once each."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.running import RunningServer
from server.tests.ingest.test_worker import Poisoned, fill, work_until_done
from server.tests.store.conftest import EngineProcess

from baserun_server.api.answers.reader import Reader as Asking
from baserun_server.api.http.parameters import SearchParameters
from baserun_server.api.search import search
from baserun_server.ingest.dead_letters import keep_dead_letters, read_dead_letters
from baserun_server.ingest.log import Entry, Record
from baserun_server.ingest.log.cursor import Cursor, save_cursor
from baserun_server.ingest.log.files import first_position
from baserun_server.ingest.log.records import read
from baserun_server.ingest.log.writing import Log
from baserun_server.ingest.otlp.sent import SentSpan
from baserun_server.ingest.pipeline import DeadLetter, Pipeline
from baserun_server.settings import Settings
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.statements import TABLES
from baserun_server.store.touched import Touched, touched_by
from baserun_server.worker.jobs import Jobs, ask_for, load_job
from baserun_server.worker.loop import Worker


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    engine = EngineProcess(tmp_path_factory.mktemp("engine"))
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
async def address(engine: EngineProcess) -> str:
    """Of a store without tables."""
    store = ClickHouseStore(engine.address)
    for table in TABLES:
        await store._transport.run(f"DROP TABLE IF EXISTS {table} SYNC")
    await store.migrate()
    await store.close()
    return engine.address


def a_span(number: int, **attributes: Any) -> dict[str, Any]:
    now_ns = str(time.time_ns())
    ids = {"traceId": f"{number:032x}", "spanId": f"{number:016x}"}
    return {
        "name": f"call {number}",
        "attributes": attributes,
        "raw": {**ids, "startTimeUnixNano": now_ns, "endTimeUnixNano": now_ns},
    }


def a_request(*spans: dict[str, Any]) -> bytes:
    return forms.protobuf(forms.traces_request(*spans))


async def do(settings: Settings, address: str, kind: Any, pipeline: Pipeline | None = None) -> Any:
    store = ClickHouseStore(address)
    pipeline = pipeline or Pipeline.of(settings)
    worker, jobs = Worker(settings, store, pipeline), Jobs(settings, pipeline)
    ask_for(settings, kind)
    while await jobs.step(worker.storing):
        pass
    await store.close()
    return load_job(settings.data_dir, kind)


async def ask(address: str, statement: str) -> list[dict[str, Any]]:
    store = ClickHouseStore(address)
    found = await store._transport.rows(statement, {})
    await store.close()
    return found


async def test_after_a_mapping_was_mended_the_kept_log_is_read_again_and_counted_once(tmp_path, address):
    requests = [a_request(a_span(number + 1, **{"shop.cart": f"cart-{number % 2}"})) for number in range(6)]
    before = Settings(data_dir=tmp_path, log_segment_bytes=1)
    await fill(before.log_dir, requests)
    await work_until_done(before, address, Pipeline.of(before))
    assert await ask(address, "SELECT session_id FROM sessions FINAL") == []

    mended = Settings(data_dir=tmp_path, session_attributes="shop.cart")
    for again in (1, 2):
        job = await do(mended, address, "reprocess")

        assert (job.ended, job.generation, job.records, job.refused) == (True, again, 6, 0)
        assert job.finished == job.total > 0
        sessions = await ask(address, "SELECT session_id, traces FROM sessions FINAL ORDER BY session_id")
        assert sessions == [{"session_id": "cart-0", "traces": 3}, {"session_id": "cart-1", "traces": 3}]
        store = ClickHouseStore(address)
        assert await store.verify() == []
        await store.close()


async def test_what_was_sent_again_later_is_newer_than_a_reading_of_what_came_first(tmp_path, address):
    settings = Settings(data_dir=tmp_path)
    first, second = a_span(1), a_span(1)
    second["raw"] |= {key: first["raw"][key] for key in ("startTimeUnixNano", "endTimeUnixNano")}
    second["name"] = "call 1, corrected"
    await fill(settings.log_dir, [a_request(first), a_request(second)])
    await work_until_done(settings, address, Pipeline.of(settings))

    await do(settings, address, "reprocess")

    assert await ask(address, "SELECT name FROM spans FINAL") == [{"name": "call 1, corrected"}]


async def test_a_letter_that_the_store_refused_is_stored_once_the_fault_is_gone(tmp_path, address):
    settings = Settings(data_dir=tmp_path)
    poison = {**a_span(2), "name": "poison"}
    await fill(settings.log_dir, [a_request(a_span(1), poison, a_span(3))])
    await work_until_done(settings, address, Poisoned(*Pipeline.of(settings)))
    letter = json.loads(settings.dead_letters.read_text())
    letter["record"]["input_tokens"] = 7
    settings.dead_letters.write_text(json.dumps(letter) + "\n")

    job = await do(settings, address, "replay")

    assert (job.records, job.refused) == (1, 0)
    assert list(read_dead_letters(settings.dead_letters)) == []
    assert await ask(address, "SELECT count() AS spans FROM spans FINAL") == [{"spans": 3}]
    assert await ask(address, "SELECT count() AS traces FROM traces FINAL") == [{"traces": 3}]


async def test_every_kind_of_letter_is_tried_and_what_is_refused_again_stays(tmp_path, address):
    settings = Settings(data_dir=tmp_path)
    now_us = time.time_ns() // 1000
    sent = SentSpan("a" * 32, "b" * 16, "", "unread", 1, now_us * 1000, now_us * 1000, 0, "", {}, [], {}, {"name": "x"})
    protobuf = "application/x-protobuf"
    letters = [
        DeadLetter("1:0", "a fault of ours", Entry("p", now_us, "traces", protobuf, "", a_request(a_span(1)))),
        DeadLetter("1:90", "no protobuf", Entry("p", now_us, "traces", protobuf, "", b"\x0a\x7f")),
        DeadLetter("1:180#4", "a fault of ours", sent, "p", now_us),
        DeadLetter("1:0-90/roll-up", "the store was full", [Touched("p", trace_ids={f"{1:032x}"})]),
        DeadLetter("1:200", "a record does not match its checksum", b"\x00\xff"),
    ]
    keep_dead_letters(settings.dead_letters, letters, now_us)

    for _ in range(2):
        job = await do(settings, address, "replay")

        stay = {letter["id"] for letter in read_dead_letters(settings.dead_letters)}
        assert stay == {"1:90", "1:200"}
        assert job.refused == 2
    found = await ask(address, "SELECT name FROM spans FINAL ORDER BY name")
    assert [row["name"] for row in found] == ["call 1", "unread"]


@pytest.mark.slow(30)
def test_a_running_server_is_asked_by_command_and_goes_on_after_a_kill(tmp_path: Path):
    def command(name: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "baserun_server", name, "--data", str(tmp_path / "data")]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    with RunningServer(tmp_path / "data", BASERUN_LOG_SEGMENT_BYTES="1000") as server:
        for number in range(40):
            assert server.post(a_request(a_span(number + 1, **{"session.id": "s"}))) == 200
        server.wait_stored()

        reprocess = command("reprocess")
        server.kill("baserun_server.worker")
        assert reprocess.communicate(timeout=60)[0].startswith("40 records were read again")
        assert server.get("/api/v1/sessions")["items"][0]["traces"] == 40
    replay = command("replay-dead-letters")
    assert replay.communicate(timeout=60)[0] == "0 dead letters are stored now, 0 stay dead letters\n"


async def test_calls_that_an_earlier_version_gave_the_words_of_another_project_are_put_right(tmp_path, address):
    settings, silent = Settings(data_dir=tmp_path, log_segment_bytes=1), {"gen_ai.operation.name": "chat"}
    span = forms.traces_request({**a_span(1), "attributes": {**silent, "gen_ai.request.model": "m"}})
    log = Log(settings.log_dir)
    for number, project in enumerate(("alpha", "beta")):
        said = [{"role": "user", "parts": [{"type": "text", "content": f"words of {project}"}]}]
        record = {
            "eventName": "gen_ai.client.inference.operation.details",
            "traceId": f"{1:032x}",
            "spanId": f"{1:016x}",
            "attributes": {"gen_ai.input.messages": json.dumps(said)},
        }
        requests: list[tuple[Any, Any]] = [("traces", span), ("logs", forms.logs_request(record))]
        for path, request in requests:
            received_us = time.time_ns() // 1000 + number
            await log.append(Entry(project, received_us, path, "application/x-protobuf", "", forms.protobuf(request)))
    await log.close()
    records = list(read(settings.log_dir, first_position(settings.log_dir)))
    batch, _ = Pipeline.of(settings).read_all([one for one in records if isinstance(one, Record)], "of old")
    for one in batch.spans:
        one.input_messages = [{"role": "user", "parts": [{"type": "text", "content": "words of alpha"}]}] * 2
        one.said = "words of alpha"
    store = ClickHouseStore(address)
    await store.write(batch)
    await store.roll_up(touched_by(batch))
    await store.close()
    save_cursor(settings.log_dir, Cursor(done=records[-1].end))
    assert await seen_by(address, "beta") == {"preview": "words of alpha", "found": ["words of alpha"]}

    await do(settings, address, "reprocess")

    for project in ("alpha", "beta"):
        own = f"words of {project}"
        assert await seen_by(address, project) == {"preview": own, "found": [own]}


async def seen_by(address: str, project: str) -> dict[str, Any]:
    """What a project's trace shows in lists, and where `words` is found."""
    traces = await ask(address, f"SELECT input_preview FROM traces FINAL WHERE project_id = '{project}'")
    store, now_us = ClickHouseStore(address), time.time_ns() // 1000
    found = await search(Asking(store, project, now_us), SearchParameters(q="words"))
    await store.close()
    return {"preview": traces[0]["input_preview"], "found": [item.snippet for item in found.items]}
