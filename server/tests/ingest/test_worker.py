"""From the log into the store with real processes: killed, refused, away."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.running import RunningServer
from server.tests.store.conftest import EngineProcess

from baserun_server.ingest.log import Entry, Log, load_cursor, read, segment_path
from baserun_server.ingest.pipeline import Pipeline
from baserun_server.settings import Settings
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.worker import Worker

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


async def work_until_done(settings: Settings, address: str, pipeline: Pipeline) -> None:
    store = ClickHouseStore(address)
    worker = Worker(settings, store, pipeline)
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
