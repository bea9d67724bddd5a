"""The contract of `store/clickhouse.py`, on the embedded engine and, with `-m cluster`, on a real ClickHouse."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from baserun_server.errors import StoreAway, StoreLimit, StoreRefused
from baserun_server.model import Batch, Score, SessionEvent, Span
from baserun_server.store import statements
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import touched_by

from .conftest import store_at
from .records import MONTH_END_US
from .test_rollups import new_project, rows_of

pytestmark = pytest.mark.slow(20)

HOSTILE = [
    "it's",
    "\\",
    "\\'",
    "'; DROP TABLE spans; --",
    "tab\tnew\nline\r",
    "nul\0",
    "{project_id:String}",
    "\\N",
    "%27",
    "☃ 😀",
    '"',
    "[]",
    "('a',1)",
    "x" * 100_000,
    "\x1b[31m",
    "--boundary\r\n\r\n",
]


@pytest.fixture
async def store(address: str) -> AsyncIterator[ClickHouseStore]:
    store = store_at(address)
    await store.migrate()
    yield store
    await store.close()


def make_span(project_id: str, number: int = 1, **fields: object) -> Span:
    values = {"trace_id": f"{number:032x}", "span_id": f"{number:016x}", "start_us": MONTH_END_US, **fields}
    return Span(project_id=project_id, end_us=MONTH_END_US + 5, received_us=MONTH_END_US, **values)  # type: ignore[arg-type]


async def count_of(store: ClickHouseStore, table: str, project_id: str) -> int:
    text = f"SELECT count() AS n FROM {table} WHERE project_id = {{project_id:String}}"
    return (await store._transport.rows(text, {"project_id": project_id}))[0]["n"]


async def test_a_batch_written_twice_is_stored_once(store: ClickHouseStore):
    project_id = new_project()
    batch = Batch(f"{project_id}:1", spans=[make_span(project_id, number) for number in range(100)])
    await store.write(batch)
    await store.write(batch)
    assert await count_of(store, "spans", project_id) == 100


async def test_a_batch_over_several_months_is_stored_whole(store: ClickHouseStore):
    project_id = new_project()
    month_us = 32 * 86_400_000_000
    spans = [make_span(project_id, n, start_us=MONTH_END_US - n * month_us) for n in range(6)]
    await store.write(Batch(f"{project_id}:1", spans=spans))
    assert await count_of(store, "spans", project_id) == 6


async def test_the_same_span_twice_in_one_batch_is_stored_once(store: ClickHouseStore):
    project_id = new_project()
    older, newer = make_span(project_id, name="older"), make_span(project_id, name="newer")
    newer.received_us += 1
    await store.write(Batch(f"{project_id}:1", spans=[newer, older]))
    text = "SELECT name FROM spans WHERE project_id = {project_id:String}"
    assert await store._transport.rows(text, {"project_id": project_id}) == [{"name": "newer"}]


async def test_hostile_values_come_back_as_they_went_in(store: ClickHouseStore):
    projects = {value: new_project() + value for value in HOSTILE}
    batch = Batch("".join(projects.values()))
    for value, id_ in projects.items():
        batch.spans.append(
            make_span(id_, session_id=value, user_id=value, name=value, tags=[value], attributes={value: value})
        )
        same = {"project_id": id_, "session_id": value, "at_us": 1, "received_us": 1}
        batch.scores.append(Score(score_id=value, name=value, **same))
        batch.session_events.append(SessionEvent(event_id=value, kind="start", **same))
    await store.write(batch)
    await store.roll_up(touched_by(batch))
    for value, id_ in projects.items():
        rows = await rows_of(store, id_)
        assert rows["sessions"].keys() == rows["users"].keys() == {(value,)}, value
        assert (rows["sessions"][value,]["traces"], rows["users"][value,]["traces"]) == (1, 1), value


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_parameter_is_the_value_that_it_is(store: ClickHouseStore, value: str):
    text = (
        "SELECT {value:String} AS one, {values:Array(String)} AS many,"
        " [({value:String}, 1)] = {pairs:Array(Tuple(String, Int64))} AS pair"
    )
    found = await store._transport.rows(text, {"value": value, "values": [value, value], "pairs": [(value, 1)]})
    assert found == [{"one": value, "many": [value, value], "pair": 1}]


async def test_a_moment_is_the_same_moment_in_the_engine_from_the_first_second_to_the_last(store: ClickHouseStore):
    seconds = [0, 1, 3_600, 9_999, 10_000, 1_793_491_200, 2**32 - 1]
    asked = "SELECT arrayMap(moment -> toUnixTimestamp(moment), {moments:Array(DateTime('UTC'))}) AS seconds"
    [row] = await store._transport.rows(asked, {"moments": list(map(statements.moment_text, seconds))})
    assert row["seconds"] == seconds


async def test_text_that_no_encoding_knows_does_not_lose_the_batch(store: ClickHouseStore):
    project_id = new_project()
    span = make_span(project_id, name="half \ud800 pair", attributes={"big": 2**70, "nan": float("nan"), "\udfff": 1})
    await store.write(Batch(f"{project_id}:1", spans=[span]))
    text = "SELECT name, attributes FROM spans WHERE project_id = {project_id:String}"
    row = (await store._transport.rows(text, {"project_id": project_id}))[0]
    assert row["name"] == "half ? pair"


async def test_the_data_version_changes_with_what_can_be_seen(store: ClickHouseStore):
    project_id = new_project()
    before = await store.data_version(project_id)
    batch = Batch(f"{project_id}:1", spans=[make_span(project_id)])
    await store.write(batch)
    await store.roll_up(touched_by(batch))
    after = await store.data_version(project_id)
    assert before != after == await store.data_version(project_id)


async def test_a_wrong_statement_is_refused_and_says_why(store: ClickHouseStore):
    with pytest.raises(StoreRefused, match="nonsense"):
        await store._transport.rows("SELECT nonsense", {})


async def test_a_query_stops_at_its_time_limit(store: ClickHouseStore):
    endless = "SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1"
    with pytest.raises(StoreLimit, match="stopped"):
        await store._transport.rows(endless, {}, {"max_execution_time": "1"})


async def test_a_query_stops_at_its_memory_limit(store: ClickHouseStore):
    greedy = "SELECT groupArray(number) FROM numbers(100000000)"
    with pytest.raises(StoreLimit):
        await store._transport.rows(greedy, {}, {"max_memory_usage": "20000000"})
    assert await store._transport.rows("SELECT 1 AS one", {}) == [{"one": 1}]


async def test_a_query_ends_when_its_caller_goes_away(store: ClickHouseStore):
    mark = new_project()
    endless = f"SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1 AND '{mark}' != ''"
    asking = asyncio.create_task(store._transport.rows(endless, {}))
    running = (
        "SELECT count() AS n FROM system.processes WHERE query LIKE {mark:String} AND query NOT LIKE '%processes%'"
    )

    async def until(number: int) -> None:
        while (await store._transport.rows(running, {"mark": f"%{mark}%"}))[0]["n"] != number:
            await asyncio.sleep(0.05)

    await until(1)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    await until(0)


async def test_a_store_that_is_not_there_is_away():
    store = ClickHouseStore("clickhouse+unix:///nowhere/engine.sock")
    with pytest.raises(StoreAway, match="hint"):
        await store.data_version("p")
    await store.close()


def test_every_statement_is_a_file_that_renders():
    for kind in ("queries", "conditions", "rollups", "checks", "fragments", "upkeep", "erasure", "transfer"):
        for path in (statements.SQL / kind).glob("*.sql"):
            assert "${" not in statements.render(kind, path.stem)
    assert {path.stem for path in (statements.SQL / "schema").glob("*.sql")} == set(statements.TABLES)


def test_the_cluster_differs_by_three_knobs_only():
    alone = statements.create_table("spans")
    knobs = {"engine": "Replicated", "on_cluster": "ON CLUSTER 'main'", "distributed": "main"}
    local, union = statements.create_table("spans", **knobs)
    restored = local.replace("spans_local", "spans").replace("ON CLUSTER 'main'", "").replace("ReplicatedRepl", "Repl")
    assert [restored] == alone
    assert "Distributed('main', currentDatabase(), spans_local, cityHash64(trace_id))" in union
