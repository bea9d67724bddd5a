"""What is exported from one server and imported into another is the same: every fact, and every total over them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.running import RunningServer
from server.tests.ingest.test_worker import SPANS, a_request
from server.tests.store.conftest import EngineProcess
from server.tests.store.test_rollups import rows_of

from baserun_server.commands import transfer
from baserun_server.errors import BaserunError
from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.pipeline import Pipeline
from baserun_server.model import Span
from baserun_server.settings import Settings
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.erasure.mark_keys import MarkKeys
from baserun_server.store.facts.otlp_form import traces_document
from baserun_server.store.facts.preview import fill_previews
from baserun_server.store.facts.rows import SPANS as SPAN_COLUMNS
from baserun_server.store.facts.rows import columns_of
from baserun_server.store.statements import TABLES
from baserun_server.worker.loop import Worker

PROJECT = "shop"
ERASED = "eve"


def quiet(_done: int, _total: int) -> None:
    """Show nothing."""


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[EngineProcess]]:
    engines = [EngineProcess(tmp_path_factory.mktemp("engine")) for _ in range(2)]
    for engine in engines:
        engine.start()
    yield engines
    for engine in engines:
        engine.stop()


def everything_that_is_sent() -> list[tuple[str, dict[str, Any]]]:
    """A span of every dialect's every form in a trace of its own, and a record of every kind."""
    paths = sorted(forms.SAMPLES.glob("*.json"))
    spans = []
    for number, case in enumerate(case for path in paths for case in forms.load(path.stem)):
        raw = {**case.get("raw", {}), "traceId": f"{number + 1:032x}", "spanId": f"{number + 1:016x}"}
        who = {"session.id": f"s-{number % 3}"} if number % 2 else {}
        spans.append({**case, "attributes": {**case.get("attributes", {}), **who}, "raw": raw})
    return [("traces", forms.traces_request(*spans)), ("logs", forms.logs_request(*every_kind_of_record()))]


def every_kind_of_record() -> list[dict[str, Any]]:
    trace = {"traceId": f"{1:032x}", "spanId": f"{1:016x}"}
    session = {"session.id": "s-1", "user.id": "ada"}
    thumb = {"gen_ai.evaluation.name": "thumb", "baserun.score.source": "feedback"}
    said = [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]

    def record(name: str, attributes: dict[str, Any], **rest: Any) -> dict[str, Any]:
        return {"eventName": name, "attributes": attributes, **rest}

    return [
        record("session.start", {**session, "baserun.session.name": "Tea", "baserun.metadata.n": "7"}),
        record("session.end", {"session.id": "s-1", "baserun.session.outcome": "sold"}),
        record("session.assign", {"session.id": "s-2", "user.id": "bob"}),
        record("baserun.user.identify", {"user.id": "ada", "baserun.trait.plan": "free"}),
        record("baserun.user.identify", {"user.id": "ada", "baserun.user.alias": "anonymous-1"}),
        record("baserun.user.identify", {"user.id": "ada", "baserun.user.alias": "x", "baserun.user.unlinks": True}),
        record("baserun.user.identify", {"user.id": ERASED}),
        record("gen_ai.evaluation.result", {**thumb, "gen_ai.evaluation.score.value": 1.0}, **trace),
        record("gen_ai.evaluation.result", {**thumb, "gen_ai.evaluation.score.label": "down", **session}),
        record("baserun.tag", {"baserun.tag.key": "lang", "baserun.tag.value": "de"}, **trace),
        record("baserun.trace.update", {"baserun.output": '{"a": [1]}'}, **trace),
        record("baserun.sdk.loss", {"baserun.loss.spans": 3}),
        record("cart.filled", {"shop": "x", "session.id": "s-1"}, body={"items": 2}),
        record("gen_ai.client.inference.operation.details", {"gen_ai.input.messages": said}, **trace),
    ]


def store_of(engine: EngineProcess) -> ClickHouseStore:
    """The store of an engine, with a key of its own."""
    return ClickHouseStore(engine.address, keys=MarkKeys(engine.folder / "erasure.keys"))


async def store_everything(store: ClickHouseStore, settings: Settings) -> None:
    pipeline = Pipeline.of(settings)
    await store.migrate()
    for number, (path, request) in enumerate(everything_that_is_sent()):
        received_us = forms.RECEIVED_US + number
        entry = Entry(PROJECT, received_us, path, "application/json", "", orjson.dumps(request))  # pyright: ignore[reportArgumentType]
        batch, letters = pipeline.read_all([Record(Position(1, number), Position(1, number + 1), entry)], f"t-{number}")
        assert letters == []
        assert await Worker(settings, store, pipeline).storing.put(batch, []) == 0
    await store.erasure.erase(PROJECT, "e-1", await store.erasure.plan(PROJECT, ERASED))
    await store.erasure.receipt(PROJECT, "e-1", "tables", {})


def row_of(span: Span) -> dict[str, Any]:
    """A span as the store tells of it."""
    fill_previews(span)
    row = {name: values[0] for name, _, values in columns_of(SPAN_COLUMNS, [span])}
    row = {name: value.decode() if isinstance(value, bytes) else value for name, value in row.items()}
    return row | {"start_us": span.start_us, "end_us": span.end_us, "received_us": span.received_us}


def in_any_order(name: str, value: Any) -> Any:
    return orjson.loads(value or "{}") if name in ("parameters", "metadata") else value


def test_every_span_is_read_back_from_its_otlp_form_as_it_was_first_read():
    # Whatever attribute named the session and the user, the export calls it by the name that every product knows; the
    # version follows from that, and what an export adds stands among the attributes.
    of_this_reading = {"session_attribute", "user_attribute", "attributes"}
    for sent in everything_that_is_sent()[0][1]["resourceSpans"]:
        batch, letters = forms.read(orjson.dumps({"resourceSpans": [sent]}))
        assert letters == []
        for row in map(row_of, batch.spans):
            document = traces_document([row])
            again, letters = forms.read(orjson.dumps(document))
            [row_again] = map(row_of, again.spans)
            for name in row.keys() - of_this_reading:
                assert (name, in_any_order(name, row_again[name])) == (name, in_any_order(name, row[name]))
            assert letters == []
            assert ExportTraceServiceRequest.FromString(forms.protobuf(document)).resource_spans


HISTORY = ("version", "days", "user_keys", "session_keys", "reckoned")
"""Columns that tell of earlier answers, which a store that never gave them does not have."""


async def differences(here: ClickHouseStore, there: ClickHouseStore, *, named: bool) -> list[tuple[Any, ...]]:
    """Table, key, column and both values of all that is not equal in the roll-ups; `named`: the attributes, too, that
    named a session and a user."""
    found, arrived = await rows_of(here, PROJECT), await rows_of(there, PROJECT)
    assert {table: set(rows) for table, rows in found.items()} == {table: set(rows) for table, rows in arrived.items()}

    def seen(column: str, value: Any) -> Any:
        return value if named or not column.endswith("_said") else [said[:3] for said in value]

    return [
        (table, key, column, value, arrived[table][key][column])
        for table, rows in found.items()
        for key, row in rows.items()
        for column, value in row.items()
        if column not in HISTORY and seen(column, value) != seen(column, arrived[table][key][column])
    ]


@pytest.mark.parametrize("form", ["parquet", "otlp"])
async def test_an_export_and_its_import_have_equal_totals_and_agree_with_themselves(tmp_path, engines, form):
    here, there = map(store_of, engines)
    for store in (here, there):
        for table in TABLES:
            await store.run(f"DROP TABLE IF EXISTS {table} SYNC")
    settings = Settings(data_dir=tmp_path / "there")
    await store_everything(here, Settings(data_dir=tmp_path / "here"))

    manifest = await transfer.export(here, tmp_path / "export", form, quiet)
    await there.migrate()
    put = Worker(settings, there, Pipeline.of(settings)).storing.put
    for _ in range(2):
        stored = await transfer.import_(settings, there, put, tmp_path / "export", quiet)
        assert stored == manifest.rows
    await there.rebuild()

    assert all(manifest.rows.values())
    assert await differences(here, there, named=form == "parquet") == []
    assert await there.verify() == []
    if form == "parquet":
        for table in transfer.TABLES:
            text = f"SELECT * FROM {table} FINAL ORDER BY ALL"
            assert await there.ask(text) == await here.ask(text)
    again, _ = forms.read(orjson.dumps(forms.logs_request(*every_kind_of_record())), "logs")
    assert await put(again, []) == 0
    assert ERASED not in [row["user_id"] for row in await there.ask("SELECT user_id FROM user_events")]
    # The marks are recognised by the key that came with them; what is erased from now on is marked by the store's own.
    assert there.erasure.keys.keys[1:] == here.erasure.keys.keys
    await here.close()
    await there.close()


async def test_an_import_does_not_bring_back_who_was_erased_where_it_arrives(tmp_path, engines):
    there = store_of(engines[1])
    await there.migrate()
    await there.erasure.erase("p", "e-2", await there.erasure.plan("p", ERASED))
    settings = Settings(data_dir=tmp_path / "there")
    put = Worker(settings, there, Pipeline.of(settings)).storing.put
    hour = forms.START_NS // 1_000_000_000
    part = transfer.Part("user_events", "p", hour, 1, 0, "1.jsonl", 2, [forms.RECEIVED_US])
    people = [{"eventName": "baserun.user.identify", "attributes": {"user.id": id_}} for id_ in (ERASED, "ada")]
    (tmp_path / "1.jsonl").write_bytes(orjson.dumps(forms.logs_request(*people)) + b"\n")

    save(tmp_path, transfer.Manifest("3", "otlp", parts=[part], whole=True))
    stored = await transfer.import_(settings, there, put, tmp_path, quiet)
    assert stored["user_events"] == 1
    assert await transfer.import_(settings, there, put, tmp_path, quiet) == stored

    save(tmp_path, transfer.Manifest("3", "parquet", parts=[part], whole=True))
    with pytest.raises(BaserunError, match="were erased here who may be in the export"):
        await transfer.import_(settings, there, put, tmp_path, quiet)
    await there.close()


def save(folder: Path, manifest: transfer.Manifest) -> None:
    (folder / transfer.MANIFEST).write_bytes(msgspec.json.encode(manifest))


async def test_an_export_goes_on_where_it_was_broken_off(tmp_path, engines):
    store = store_of(engines[0])
    await store_everything(store, Settings(data_dir=tmp_path / "here"))
    made = await transfer.export(store, tmp_path / "whole", "parquet", quiet)

    def break_off(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await transfer.export(store, tmp_path / "export", "parquet", break_off)
    with pytest.raises(BaserunError, match="was broken off after `2` parts"):
        transfer.read_manifest(tmp_path / "export")
    first = sorted((tmp_path / "export").rglob("*.parquet"))
    written = {path: path.stat().st_mtime_ns for path in first}

    again = await transfer.export(store, tmp_path / "export", "parquet", quiet)

    assert again.rows == made.rows
    assert {path: path.stat().st_mtime_ns for path in first} == written
    with pytest.raises(BaserunError, match="holds a whole export"):
        await transfer.export(store, tmp_path / "export", "parquet", quiet)
    await store.close()


@pytest.mark.slow(38)
def test_a_running_server_is_exported_by_command_and_imported_into_an_empty_folder(tmp_path: Path):
    def command(name: str, *words: object) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "baserun_server", name, *map(str, words)]
        return subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)

    with RunningServer(tmp_path / "data") as server:
        for number in range(20):
            assert server.post(a_request(number, time.time_ns())) == 200
        server.wait_stored()
        exported = command("export", tmp_path / "export", "--data", server.data)
        assert exported.returncode == 0, exported.stderr
        refused = command("import", tmp_path / "export", "--data", server.data)
        assert (refused.returncode, "is in use by the server" in refused.stderr) == (2, True)

    imported = command("import", tmp_path / "export", "--data", tmp_path / "again")

    assert imported.returncode == 0, imported.stderr
    assert f" {20 * SPANS} spans" in imported.stdout.splitlines()[1]
    assert json.loads((tmp_path / "export" / "export.json").read_text())["whole"]
