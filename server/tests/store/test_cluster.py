"""The store on a server and on a cluster, as far as it can be shown without one: the protocol with the official client,
the statements of a cluster word for word, and tables of an earlier version brought up to date."""

import asyncio
import re
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest

from baserun_server.errors import StoreRefused
from baserun_server.model import Batch
from baserun_server.settings import Settings
from baserun_server.store import statements
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.migrate import Cluster, additions
from baserun_server.store.touched import touched_by

from .conftest import EngineProcess
from .relay import port_of
from .test_rollups import new_project
from .test_store import make_span

GOLDEN = Path(__file__).parent / "golden" / "cluster.sql"
CLUSTER = Cluster("main")


def statements_of_a_cluster() -> list[str]:
    knobs = {"engine": "Replicated", "on_cluster": CLUSTER.clause, "distributed": CLUSTER.name}
    return [text.strip() for table in statements.TABLES for text in statements.create_table(table, **knobs)]


def test_the_tables_of_a_cluster_are_those_that_were_read_and_approved():
    """Without the columns, which are the embedded engine's. What is approved anew is written to the file by hand."""
    made = "".join(f"{text};\n\n" for text in statements_of_a_cluster())
    made = re.sub(r"\(\n.*?\n\)\n", "(…)\n", made, flags=re.DOTALL)
    made = "".join(line for line in made.splitlines(keepends=True) if not line.startswith("--"))
    assert made == GOLDEN.read_text()


async def test_the_engine_understands_every_statement_that_is_for_a_cluster(engine: EngineProcess):
    store = ClickHouseStore(engine.address)
    earlier = {
        name: {"columns": [], "indexes": [], "engine": ""}
        for table in statements.TABLES
        for name in (table, f"{table}_local")
    }
    later = [text for table in statements.TABLES for text in additions(table, earlier, CLUSTER)]
    for text in [*statements_of_a_cluster(), *later]:
        await store._transport.rows(f"EXPLAIN AST {text}", {})
    places = {"table": "spans_local", "on_cluster": CLUSTER.clause}
    for name in ("delete", "delete_users_of_sessions", "purge"):
        text = statements.render("erasure", name, {**places, "where": "1"} if name == "delete" else places)
        values = {"project_id": "p", "user_ids": [], "session_ids": []}
        await store._transport.rows(f"EXPLAIN AST {text}", values)
    await store.close()


async def test_rows_with_one_key_lie_on_one_shard(engine: EngineProcess):
    """FINAL is computed on each shard: the sharding key must be made of the sorting key."""
    for table in statements.TABLES:
        text = statements.text("schema", table).template
        shard_by = next(line for line in text.splitlines() if line.startswith(statements.SHARD_LINE))
        (column,) = shard_by.removeprefix(statements.SHARD_LINE + "cityHash64(").removesuffix(")").split(",")
        order_by = next(line for line in text.splitlines() if line.startswith("ORDER BY"))
        assert column in order_by.replace("(", " ").replace(")", " ").replace(",", " ").split(), table


async def test_every_declared_column_is_read_as_the_engine_reads_it(engine: EngineProcess):
    store = ClickHouseStore(engine.address)
    await store.migrate()
    for table in statements.TABLES:
        text = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}"
        found = await store._transport.rows(f"{text} ORDER BY position", {"table": table})
        assert list(statements.columns(table)) == [row["name"] for row in found]
    await store.close()


async def test_tables_of_an_earlier_version_get_what_they_lack_and_keep_their_rows(engine_of_its_own: EngineProcess):
    store = ClickHouseStore(engine_of_its_own.address)
    await store.migrate()
    project_id = new_project()
    batch = Batch(f"{project_id}:1", spans=[make_span(project_id, session_id="s", user_id="u")])
    await store.write(batch)
    run = store._transport.run
    await run("ALTER TABLE user_events DROP INDEX by_alias")
    await run("ALTER TABLE user_events DROP COLUMN unlinks")
    await run("ALTER TABLE trace_keys DROP COLUMN reckoned")
    await run("ALTER TABLE sessions RESET SETTING min_compress_block_size")
    await run("DROP TABLE tickets")
    await store.migrate()
    await store.roll_up(touched_by(batch))
    assert await store.verify() == []
    known = {row["name"]: row for row in await store._transport.rows(statements.render("upkeep", "tables"), {})}
    assert [text for table in statements.TABLES for text in additions(table, known, None)] == []
    assert list(statements.columns("trace_keys")) == known["trace_keys"]["columns"]
    await store.close()


async def test_the_official_client_reads_and_writes_what_our_store_does(engine: EngineProcess):
    project_id = new_project()
    async with port_of(engine.socket) as port:
        store = ClickHouseStore(f"clickhouse://127.0.0.1:{port}/default", shared=True)
        await store.migrate()
        batch = Batch(f"{project_id}:1", spans=[make_span(project_id, 1, session_id="it's", user_id="☃")])
        await store.write(batch)
        await store.roll_up(touched_by(batch))
        await asyncio.to_thread(speak_as_the_official_client, port, project_id)
        row = (await store._transport.rows("SELECT * FROM tickets WHERE project_id = {p:String}", {"p": "theirs"}))[0]
        assert row == {"project_id": "theirs", "version": 7}
        with pytest.raises(StoreRefused, match="nonsense"):
            await store._transport.rows("SELECT nonsense", {})
        await store.close()


def speak_as_the_official_client(port: int, project_id: str) -> None:
    client: Any = clickhouse_connect.get_client(host="127.0.0.1", port=port, compress=False)
    text = "SELECT session_id, user_id, traces FROM sessions FINAL WHERE project_id = {project_id:String}"
    found = client.query(text, parameters={"project_id": project_id})
    assert found.result_rows == [("it's", "☃", 1)]
    client.insert("tickets", [["theirs", 7]], column_names=["project_id", "version"])
    with pytest.raises(clickhouse_connect.driver.exceptions.DatabaseError, match="nonsense"):
        client.query("SELECT nonsense")
    client.close()


def test_the_settings_name_the_cluster():
    settings = Settings(store_url="clickhouse://one/baserun", store_cluster="main", store_replicated=False)
    store = ClickHouseStore.of(settings)
    assert store._cluster == Cluster("main", replicated=False)
    assert store._transport._settings["insert_distributed_sync"] == "1"
    assert store._roll_up.versions.shared
