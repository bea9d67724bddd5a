"""From the log into the store with real processes: killed, refused, away."""

import asyncio
import io
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.running import RunningServer
from server.tests.store.conftest import EngineProcess

from baserun_server.errors import StoreRefused
from baserun_server.ingest.log import Entry
from baserun_server.ingest.log.cursor import load_cursor
from baserun_server.ingest.log.files import segment_path
from baserun_server.ingest.log.records import read
from baserun_server.ingest.log.writing import Log
from baserun_server.ingest.pipeline import Pipeline
from baserun_server.settings import Settings
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.rollups.traces import trace_row
from baserun_server.store.touched import touched_by
from baserun_server.worker.loop import Worker
from baserun_server.worker.read_ahead import ReadAhead
from baserun_server.worker.reading import Reader, receive, send

HOUR_US = 3_600_000_000
SPANS = 7
"""In each request."""


def a_request(number: int, now_ns: int) -> bytes:
    """A trace of one session: an agent's span and calls of 100 tokens in and 10 out."""
    calls = {
        "baserun.span.kind": "llm",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1-mini",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 10,
    }
    who = {"session.id": f"s-{number % 5}", "user.id": f"u-{number % 3}"}
    samples = [
        {
            "scope": "baserun",
            "name": "chat" if place else "agent",
            "attributes": {**who, **(calls if place else {"baserun.span.kind": "agent"})},
            "raw": {
                "traceId": f"{number + 1:032x}",
                "spanId": f"{number * SPANS + place + 1:016x}",
                "startTimeUnixNano": str(now_ns),
                "endTimeUnixNano": str(now_ns + 1_000_000),
            },
        }
        for place in range(SPANS)
    ]
    return forms.protobuf(forms.traces_request(*samples))


def check_totals(server: RunningServer, requests: int) -> None:
    """Everything is there once: as spans, and in the totals of sessions and users."""
    [[spans, distinct]] = server.rows("SELECT count(), uniqExact(span_id) FROM spans FINAL")
    assert (int(spans), int(distinct)) == (requests * SPANS, requests * SPANS)
    users = server.get("/api/v1/users?limit=100")["items"]
    calls = {user["user_id"]: user["llm_calls"] for user in users}
    expected = {f"u-{n}": sum(i % 3 == n for i in range(requests)) * (SPANS - 1) for n in range(3)}
    assert calls == {user: count for user, count in expected.items() if count}
    assert sum(user["input_tokens"] for user in users) == requests * (SPANS - 1) * 100
    sessions = server.get("/api/v1/sessions?limit=100")["items"]
    assert sum(session["traces"] for session in sessions) == requests


@pytest.mark.slow(17)
@pytest.mark.parametrize("victims", [["worker"], ["engine"], ["worker", "engine"]], ids=str)
def test_killing_processes_at_random_moments_loses_nothing_and_counts_nothing_twice(tmp_path, victims):
    chance = random.Random(repr(victims))
    requests = 60
    with RunningServer(tmp_path / "data", BASERUN_BATCH_INTERVAL_MS="50") as server:
        for number in range(requests):
            assert server.post(a_request(number, time.time_ns())) == 200
            if number % 10 == 5:
                time.sleep(chance.random() * 0.6)
                server.kill(f"baserun_server.*{chance.choice(victims)}")
            time.sleep(chance.random() * 0.05)
        server.wait_stored()
        check_totals(server, requests)


@pytest.mark.slow(17)
def test_killing_worker_and_helper_in_a_backlog_loses_nothing_and_counts_nothing_twice(tmp_path):
    chance = random.Random(11)
    requests = 60
    with RunningServer(tmp_path / "data", BASERUN_BATCH_INTERVAL_MS="50", BASERUN_BATCH_SPANS=str(2 * SPANS)) as server:
        for number in range(requests):
            assert server.post(a_request(number, time.time_ns())) == 200
        killed = 0
        for round_ in range(12):
            time.sleep(0.1 + 0.4 * chance.random())
            if round_ % 3:
                killed += server.kill_read_ahead()
            else:
                server.kill("baserun_server.*worker")
        assert killed
        server.wait_stored()
        check_totals(server, requests)


@pytest.mark.slow(17)
def test_a_server_killed_as_a_whole_has_everything_acknowledged_after_the_next_start(tmp_path):
    chance = random.Random(7)
    number = 0
    for _ in range(3):
        server = RunningServer(tmp_path / "data", BASERUN_BATCH_INTERVAL_MS="50")
        server.start()
        for _ in range(8):
            assert server.post(a_request(number, time.time_ns())) == 200
            number += 1
            time.sleep(chance.random() * 0.1)
        server.kill_all()
    with RunningServer(tmp_path / "data") as server:
        server.wait_stored()
        check_totals(server, number)


@pytest.mark.slow(6)
def test_an_identical_retry_is_counted_once(tmp_path):
    with RunningServer(tmp_path / "data") as server:
        body = a_request(0, time.time_ns())
        for _ in range(3):
            assert server.post(body) == 200
            server.wait_stored()
        check_totals(server, 1)


class Poisoned(Pipeline):
    """A pipeline whose spans named `poison` hold a number that no store can keep."""

    def read(self, record, batch):
        unread = super().read(record, batch)
        for span in batch.spans:
            if span.name == "poison":
                span.input_tokens = 1 << 80
        return unread


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = EngineProcess(tmp_path_factory.mktemp("engine"))
    engine.start()
    yield engine
    engine.stop()


async def fill(folder: Path, bodies: list[bytes], clock_us: Sequence[int] = ()) -> None:
    log = Log(folder)
    now_us = time.time_ns() // 1000
    for body, received_us in zip(bodies, clock_us or range(now_us, now_us + len(bodies)), strict=True):
        entry = Entry("shop", received_us, "traces", "application/x-protobuf", "", body)
        await log.append(entry)
    await log.close()


async def work_until_done(
    settings: Settings,
    address: str,
    pipeline: Pipeline,
    read_ahead: ReadAhead | None = None,
    store_type=ClickHouseStore,
) -> None:
    store = store_type(address)
    worker = Worker(settings, store, pipeline, read_ahead)
    running = asyncio.create_task(worker.run())
    ends = [item.end for item in read(settings.log_dir, load_cursor(settings.log_dir).done)]
    while load_cursor(settings.log_dir).done < ends[-1]:
        assert not running.done(), running
        await asyncio.sleep(0.05)
    worker.stop()
    await running
    await store.close()


async def count(address: str, project_id: str = "shop") -> int:
    store = ClickHouseStore(address)
    rows = await store._transport.rows(
        "SELECT count() AS spans FROM spans FINAL WHERE project_id = {p:String}", {"p": project_id}
    )
    await store.close()
    return int(rows[0]["spans"])


async def test_a_record_that_the_store_refuses_costs_nobody_else(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    now_ns = time.time_ns()
    names = ["a", "b", "poison", "c", "d"]
    samples = [
        {"name": name, "raw": {"traceId": f"{0xF00 + place:032x}", "spanId": f"{0xF00 + place:016x}",
                               "startTimeUnixNano": str(now_ns), "endTimeUnixNano": str(now_ns)}}
        for place, name in enumerate(names)
    ]  # fmt: skip
    await fill(settings.log_dir, [forms.protobuf(forms.traces_request(*samples))])
    before = await _count_or_none(engine)

    await work_until_done(settings, engine.address, Poisoned(*Pipeline.of(settings)))

    assert await count(engine.address) - before == 4
    [letter] = [json.loads(line) for line in settings.dead_letters.read_text().splitlines()]
    assert (letter["kind"], letter["record"]["name"]) == ("span", "poison")
    assert "Overflow" in letter["reason"]


async def test_a_damaged_stretch_of_the_log_is_reported_and_stepped_over(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    bodies = [a_request(0x5000 + number, time.time_ns()) for number in range(3)]
    await fill(settings.log_dir, bodies)
    path = segment_path(settings.log_dir, 1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    before = await _count_or_none(engine)

    await work_until_done(settings, engine.address, Pipeline.of(settings))

    assert await count(engine.address) - before == 2 * SPANS
    [letter] = [json.loads(line) for line in settings.dead_letters.read_text().splitlines()]
    assert letter["kind"] == "bytes"
    assert "checksum" in letter["reason"]


async def test_a_clock_that_jumps_loses_nothing_and_counts_nothing_twice(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    now_us = time.time_ns() // 1000
    clock_us = [now_us + jump * HOUR_US for jump in (0, -1, 24 * 400, -24 * 365 * 50, 0)]
    bodies = [a_request(0xD000 + min(number, 3), now_us * 1000) for number in range(5)]
    await fill(settings.log_dir, bodies, clock_us)
    before = await _count_or_none(engine)

    await work_until_done(settings, engine.address, Pipeline.of(settings))

    # The last request is one that was sent before, when the clock was far off.
    store = ClickHouseStore(engine.address)
    traces = [f"{0xD000 + number + 1:032x}" for number in range(4)]
    asked = "SELECT trace_id, sum(llm_calls) AS calls FROM traces FINAL WHERE trace_id IN {ids:Array(String)}"
    found = await store.ask(f"{asked} GROUP BY trace_id ORDER BY trace_id", {"ids": traces})
    assert [(row["trace_id"], row["calls"]) for row in found] == [(id_, SPANS - 1) for id_ in traces]
    assert await count(engine.address) - before >= 4 * SPANS
    assert not settings.dead_letters.exists()
    await store.close()


async def test_a_log_that_is_read_again_from_its_start_changes_nothing(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    await fill(settings.log_dir, [a_request(0x9000 + number, time.time_ns()) for number in range(4)])
    await work_until_done(settings, engine.address, Pipeline.of(settings))
    stored = await count(engine.address)

    (settings.log_dir / "cursor.json").unlink()
    await work_until_done(settings, engine.address, Pipeline.of(settings))

    assert await count(engine.address) == stored


async def _count_or_none(engine) -> int:
    store = ClickHouseStore(engine.address)
    await store.migrate()
    await store.close()
    return await count(engine.address)


class RefusesBlocks(ClickHouseStore):
    """A store that takes a batch only as records."""

    async def write(self, batch, inserts=None):
        if inserts is not None and all(span.attributes == {} for span in batch.spans):
            raise StoreRefused("not like this", hint="send it as records")
        await super().write(batch, inserts)


class Counted(ReadAhead):
    """Reading ahead that remembers how often it was of help."""

    helped = 0

    def read(self, start):
        stretch = super().read(start)
        self.helped += stretch is not None
        return stretch


def traces_of_requests(first: int, requests: int) -> list[str]:
    return [f"{first + number + 1:032x}" for number in range(requests)]


async def stored_of(address: str, traces: list[str]) -> list[tuple[int, int, int]]:
    """Spans, those of them with their attributes, and calls in the totals, of traces."""
    store = ClickHouseStore(address)
    ids = {"ids": traces}
    spans = "SELECT count() AS n, countIf(position(attributes, 'resource') > 0) AS whole FROM spans FINAL"
    [found] = await store.ask(f"{spans} WHERE trace_id IN {{ids:Array(String)}}", ids)
    [totals] = await store.ask(
        "SELECT sum(llm_calls) AS calls FROM traces FINAL WHERE trace_id IN {ids:Array(String)}", ids
    )
    await store.close()
    return [(int(found["n"]), int(found["whole"]), int(totals["calls"]))]


@pytest.mark.parametrize(
    ("first", "command", "store_type", "helps"),
    [
        (0x20000, ReadAhead().command, ClickHouseStore, True),
        (0x21000, ReadAhead().command, RefusesBlocks, True),
        (0x22000, (sys.executable, "-c", "print('nothing that is known')"), ClickHouseStore, False),
        (0x23000, ("/no/such/program",), ClickHouseStore, False),
    ],
    ids=["the process reads", "its blocks are refused", "it fails", "it cannot be started"],
)
async def test_a_backlog_is_stored_once_and_whole_whoever_reads_it(
    tmp_path, engine, monkeypatch, first, command, store_type, helps
):
    requests = 9
    settings = Settings(data_dir=tmp_path, batch_spans=2 * SPANS)
    monkeypatch.setenv("BASERUN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BASERUN_BATCH_SPANS", str(2 * SPANS))
    await fill(settings.log_dir, [a_request(first + number, time.time_ns()) for number in range(requests)])
    read_ahead = Counted(command)

    await work_until_done(settings, engine.address, Pipeline.of(settings), read_ahead, store_type)
    read_ahead.close()

    assert (read_ahead.helped > 0) == helps
    spans = requests * SPANS
    assert await stored_of(engine.address, traces_of_requests(first, requests)) == [
        (spans, spans, requests * (SPANS - 1))
    ]
    assert not settings.dead_letters.exists()


async def test_what_a_helper_hands_over_is_stored_and_reckoned_as_what_the_worker_reads(tmp_path):
    settings = Settings(data_dir=tmp_path)
    samples = [sample for path in sorted(forms.SAMPLES.glob("*.json")) for sample in forms.load(path.stem)]
    for place, sample in enumerate(samples):
        sample["raw"] = {"traceId": f"{place + 1:032x}", "spanId": f"{place + 1:016x}", **sample.get("raw", {})}
    await fill(settings.log_dir, [forms.protobuf(forms.traces_request(sample)) for sample in samples])
    [start, *_] = [item.start for item in read(settings.log_dir, load_cursor(settings.log_dir).done)]
    reader = Reader(settings, Pipeline.of(settings))
    own = reader.read(start)

    pipe = io.BytesIO()
    send(reader.read(start), pipe)
    handed = receive(io.BytesIO(pipe.getvalue()))

    assert len(own.batch.spans) > 30
    assert (handed.end, handed.full, handed.letters) == (own.end, own.full, own.letters)
    assert [insert[:4] for insert in handed.inserts or ()] == [insert[:4] for insert in own.inserts or ()]
    assert [len(insert.records) for insert in handed.inserts or ()] == [len(i.records) for i in own.inserts or ()]
    rows = [
        [trace_row("p", fresh.spans.values(), [], []) for part in touched_by(batch) for fresh in part.fresh.values()]
        for batch in (handed.batch, own.batch)
    ]
    assert rows[0] == rows[1]
