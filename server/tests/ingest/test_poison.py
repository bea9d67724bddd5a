"""What one entry of the log holds keeps no other from being stored: faults, crashes, refusals, jobs."""

import asyncio
import os
import subprocess
import sys
import time

import pytest
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.fatal_worker import CRASHES, ENDLESS, KILLED
from server.tests.ingest.test_worker import a_request, engine, fill, stored_of, traces_of_requests, work_until_done

from baserun_server.errors import Stopped, StoreGone, StoreRefused
from baserun_server.ingest.dead_letters import count_dead_letters, keep_dead_letters, read_dead_letters
from baserun_server.ingest.log import Entry, Position
from baserun_server.ingest.log.cursor import load_cursor
from baserun_server.ingest.log.records import read
from baserun_server.ingest.pipeline import DeadLetter, Pipeline
from baserun_server.settings import Settings
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.worker.caution import CALM_BYTES, Caution
from baserun_server.worker.jobs import Jobs, ask_for, load_job, save_job
from baserun_server.worker.loop import Worker

__all__ = ["engine"]
SPANS = 7
STARTS = 40
"""More starts than the worker may need."""


def letters_of(settings: Settings) -> list[dict]:
    return list(read_dead_letters(settings.dead_letters))


def until_done(address: str, settings: Settings) -> int:
    """Start the worker again whenever it died, as the supervisor does, until the log is read; how often it was."""
    ends = [item.end for item in read(settings.log_dir, load_cursor(settings.log_dir).done)]
    command = [sys.executable, "-m", "server.tests.ingest.fatal_worker", address, str(settings.data_dir)]
    for start in range(STARTS):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": os.getcwd()})
        while process.poll() is None:
            if load_cursor(settings.log_dir).done >= ends[-1]:
                process.terminate()
                process.wait(30)
                return start
            time.sleep(0.02)
    raise AssertionError("the worker never came to the end of the log")


@pytest.mark.slow(20)
@pytest.mark.parametrize("word", [CRASHES, KILLED, ENDLESS], ids=bytes.decode)
async def test_an_entry_that_ends_the_worker_is_found_and_set_aside_and_all_others_are_stored(tmp_path, engine, word):
    settings = Settings(data_dir=tmp_path)
    first, requests, bad = {CRASHES: 0x30000, KILLED: 0x31000, ENDLESS: 0x32000}[word], 150, 97
    bodies = [a_request(first + number, time.time_ns()) for number in range(requests)]
    fatal = forms.protobuf(forms.traces_request({"name": word.decode()}))
    await fill(settings.log_dir, [*bodies[:bad], fatal, *bodies[bad:]])

    deaths = await asyncio.to_thread(until_done, engine.address, settings)

    assert 0 < deaths < 12
    spans = requests * SPANS
    found = await stored_of(engine.address, traces_of_requests(first, requests))
    assert found == [(spans, spans, requests * (SPANS - 1))]
    [letter] = letters_of(settings)
    assert (letter["kind"], "ended the worker" in letter["reason"]) == ("entry", True)
    assert count_dead_letters(settings.dead_letters) == 1


@pytest.mark.slow(15)
async def test_two_fatal_entries_one_after_the_other_are_both_set_aside(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    first, requests = 0x33000, 20
    bodies = [a_request(first + number, time.time_ns()) for number in range(requests)]
    fatal = forms.protobuf(forms.traces_request({"name": KILLED.decode()}))
    await fill(settings.log_dir, [*bodies[:9], fatal, fatal, *bodies[9:], fatal])

    await asyncio.to_thread(until_done, engine.address, settings)

    spans = requests * SPANS
    found = await stored_of(engine.address, traces_of_requests(first, requests))
    assert found == [(spans, spans, requests * (SPANS - 1))]
    assert len(letters_of(settings)) == 3


def test_caution_grows_with_deaths_at_one_place_and_ends_after_enough_of_the_log(tmp_path):
    here, there = Position(1, 100), Position(1, 200)

    def die(at: Position, done: Position) -> Caution:
        caution = Caution(tmp_path, done)
        caution.begin(at)
        return Caution(tmp_path, done)

    assert [die(here, here).entries for _ in range(2)] == [0, 64]
    assert [die(here, here).entries for _ in range(2)] == [8, 1]
    alone = [die(here, here) for _ in range(3)]
    assert [caution.skips for caution in alone] == [False, False, True]
    alone[-1].moved(50)
    assert Caution(tmp_path, there).entries == 8
    caution = Caution(tmp_path, there)
    for _ in range(8):
        caution.moved(50)
    assert caution.entries == 64
    caution.moved(CALM_BYTES)
    assert Caution(tmp_path, there).entries == 0


def test_a_worker_that_stops_in_order_or_comes_further_has_not_died(tmp_path):
    here, there = Position(1, 100), Position(1, 200)
    for _ in range(5):
        caution = Caution(tmp_path, here)
        caution.begin(here)
        caution.rest()
    assert Caution(tmp_path, here).deaths == 0
    for _ in range(5):
        Caution(tmp_path, here).begin(here)
    assert Caution(tmp_path, there).deaths <= 4
    (tmp_path / "caution.json").write_bytes(b"\x00 no json")
    assert (Caution(tmp_path, here).deaths, Caution(tmp_path, here).entries) == (0, 0)


# --- faults inside ---------------------------------------------------------------------------------------------------


class Faulty(Pipeline):
    """Raises whatever may be raised where the name of a span says so."""

    def _read_span(self, sent, record, part, cut, mended):
        if sent.name in FAULTS:
            raise FAULTS[sent.name]
        super()._read_span(sent, record, part, cut, mended)


FAULTS: dict[str, Exception] = {
    "memory": MemoryError(),
    "recursion": RecursionError(),
    "value": ValueError("`the words of a person`"),
    "key": KeyError("the words of a person"),
    "assertion": AssertionError(),
    "unicode": UnicodeDecodeError("utf-8", b"the words of a person", 0, 1, "bad"),
}


def named(number: int, *names: str) -> bytes:
    now_ns = time.time_ns()
    return forms.protobuf(
        forms.traces_request(
            *(
                {
                    "name": name,
                    "raw": {
                        "traceId": f"{number:032x}",
                        "spanId": f"{number * 16 + place + 1:016x}",
                        "startTimeUnixNano": str(now_ns),
                        "endTimeUnixNano": str(now_ns),
                    },
                }
                for place, name in enumerate(names)
            )
        )
    )


async def spans_named(address: str, trace: int) -> list[str]:
    store = ClickHouseStore(address)
    asked = "SELECT name FROM spans FINAL WHERE trace_id = {id:String} ORDER BY name"
    rows = await store.ask(asked, {"id": f"{trace:032x}"})
    await store.close()
    return [row["name"] for row in rows]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_record_that_cannot_be_read_costs_that_record_and_its_reason_holds_no_content(tmp_path, engine, fault):
    settings = Settings(data_dir=tmp_path)
    number = 0x40000 + list(FAULTS).index(fault)
    await fill(settings.log_dir, [named(number, "a", fault, "b")])

    await work_until_done(settings, engine.address, Faulty(*Pipeline.of(settings)))

    assert await spans_named(engine.address, number) == ["a", "b"]
    [letter] = letters_of(settings)
    assert (letter["kind"], letter["record"]["name"]) == ("sentspan", fault)
    assert type(FAULTS[fault]).__name__ in letter["reason"]
    assert "words" not in letter["reason"]


class EndsOver(ClickHouseStore):
    """A store that ends over every block with a span of a name."""

    ended = 0

    async def write(self, batch, inserts=None):
        if any(span.name == "fatal" for span in batch.spans):
            type(self).ended += 1
            raise StoreGone("the connection broke")
        await super().write(batch, inserts)

    async def roll_up(self, touched):
        if any(f"{0x50001:032x}" in one.trace_ids for one in touched):
            raise StoreRefused("not this one")
        await super().roll_up(touched)


async def test_a_record_that_ends_the_store_and_a_total_that_cannot_be_computed_cost_nobody_else(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    await fill(settings.log_dir, [named(0x50000, "a", "fatal", "b"), named(0x50001, "c"), named(0x50002, "d")])

    await work_until_done(settings, engine.address, Pipeline.of(settings), store_type=EndsOver)

    assert EndsOver.ended > 3
    assert [await spans_named(engine.address, 0x50000 + n) for n in range(3)] == [["a", "b"], ["c"], ["d"]]
    store = ClickHouseStore(engine.address)
    asked = "SELECT DISTINCT trace_id FROM traces FINAL WHERE trace_id IN {ids:Array(String)} ORDER BY trace_id"
    totals = await store.ask(asked, {"ids": [f"{0x50000 + n:032x}" for n in range(3)]})
    await store.close()
    assert [row["trace_id"] for row in totals] == [f"{0x50000:032x}", f"{0x50002:032x}"]
    assert sorted(letter["kind"] for letter in letters_of(settings)) == ["list", "span"]


# --- jobs and letters ------------------------------------------------------------------------------------------------


async def test_reading_again_steps_over_an_entry_in_which_the_worker_died(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    await fill(settings.log_dir, [named(0x60000 + n, "a") for n in range(3)])
    await work_until_done(settings, engine.address, Pipeline.of(settings))
    pipeline = Pipeline.of(settings)
    store = ClickHouseStore(engine.address)
    worker, jobs = Worker(settings, store, pipeline), Jobs(settings, pipeline)

    job = ask_for(settings, "reprocess")
    job.begun = 4
    save_job(tmp_path, job)
    while not (load_job(tmp_path, "reprocess") or job).ended:
        await jobs.step(worker.storing)
    await store.close()

    done = load_job(tmp_path, "reprocess")
    assert done is not None
    assert (done.records, done.refused) == (2, 1)
    [letter] = letters_of(settings)
    assert "ended the worker" in letter["reason"]


async def test_a_worker_that_is_asked_to_stop_in_a_step_has_not_died_in_it(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    await fill(settings.log_dir, [named(0x68000, "a")])
    await work_until_done(settings, engine.address, Pipeline.of(settings))
    job = ask_for(settings, "reprocess")
    # Nothing listens there: the worker waits for the store, until it is asked to stop.
    store = ClickHouseStore("http://127.0.0.1:1")
    worker, jobs = Worker(settings, store, Pipeline.of(settings)), Jobs(settings, Pipeline.of(settings))
    worker.stop()

    with pytest.raises(Stopped):
        await jobs.step(worker.storing)
    await store.close()

    assert load_job(tmp_path, "reprocess") == job


async def test_letters_that_are_none_stay_where_they_are_and_the_others_are_stored(tmp_path, engine):
    settings = Settings(data_dir=tmp_path)
    body = named(0x70000, "a")
    entry = Entry("shop", time.time_ns() // 1000, "traces", "application/x-protobuf", "", body)
    settings.log_dir.mkdir(parents=True)
    settings.dead_letters.write_bytes(BROKEN)
    keep_dead_letters(settings.dead_letters, [DeadLetter("1:5", "why", entry)], 1)
    pipeline = Pipeline.of(settings)
    store = ClickHouseStore(engine.address)
    await store.migrate()
    worker, jobs = Worker(settings, store, pipeline), Jobs(settings, pipeline)

    job = ask_for(settings, "replay")
    while not (load_job(tmp_path, "replay") or job).ended:
        await jobs.step(worker.storing)
    await store.close()

    assert await spans_named(engine.address, 0x70000) == ["a"]
    assert len(letters_of(settings)) == BROKEN.count(b"\n")


BROKEN = b"\n".join(
    [
        b"not json}",
        b"{}",
        b'{"id":"1:1","reason":"r","at_us":1,"kind":"entry","record":7}',
        b'{"id":"1:2","reason":"r","at_us":1,"kind":"span","record":{"project_id":{}}}',
        b'{"id":"1:3","reason":"r","at_us":"x","kind":"nothing","record":null}',
        b'{"id":"1:4","reason":"r","at_us":1,"kind":"list","record":[7]}',
        b'{"id":"1:6","reason":"r","at_us":1,"kind":"sentspan","record":'
        + b'{"a":' * 2_000
        + b"1"
        + b"}" * 2_000
        + b"}",
        b'{"id":"1:7","reason":"r","at_us":1,"kind":"span","record":NaN}',
        b"",
    ]
)


@pytest.mark.parametrize(
    "record",
    [
        float("nan"),
        {"a": float("inf"), 3: {1, 2}},
        "\ud800",
        10**400,
        b"\xff",
        object(),
        Entry("p", 1, "traces", "", "", b"\xff"),
        None,
    ],
    ids=["nan", "infinity", "half a pair", "digits", "bytes", "an object", "an entry", "nothing"],
)
def test_whatever_a_letter_holds_is_written_down_and_found_again(tmp_path, record):
    path = tmp_path / "dead-letters.jsonl"
    deep: list = []
    for _ in range(5_000):
        deep = [deep]
    keep_dead_letters(path, [DeadLetter("1:1", "why", record), DeadLetter("1:2", "why", deep)], 5)
    assert [letter["id"] for letter in read_dead_letters(path)] == ["1:1", "1:2"]
    assert count_dead_letters(path) == 2
