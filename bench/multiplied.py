"""A data folder with many times a dataset: what was stored through the front door, copied inside the engine.

Reading ten million spans in through the front door takes long; the pages do not care how the rows came. It is done in
steps: a run that is broken off goes on where it stood. Every copy has
its own users, sessions and traces, but the giant session and the giant user are shared, so that they grow too: their
totals are reckoned again by the store itself.
"""

import asyncio
import json
import shutil
import sys
import time
from pathlib import Path

from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import Touched

from .dataset import Dataset
from .dataset.world import MARATHON_USER
from .filled import filled, wait_for_merges
from .measure import WORK
from .server import Server

SETTINGS = (
    "max_execution_time = 7200, max_memory_usage = 8000000000, max_block_size = 1000, max_threads = 2, "
    "min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 268435456"
)
FACTS = ("session_events", "scores", "trace_keys", "spans", "traces")
COPIES_AT_ONCE = 5
"""What a run that was broken off has to do again."""
TOTALS = {"sessions": "session_id", "activity": "session_id", "users": "user_id"}
"""Roll-ups, and the column that says whose row it is: those of what is shared are not copied."""
AT_REST = ("scores", "trace_keys", *TOTALS, "traces")
"""What the store itself makes one part of when nothing was written for some minutes."""


def multiplied(data: Dataset, times: int, *, fresh: bool = False) -> Path:
    """The folder of a stopped server that holds `times` times the dataset."""
    source = filled(data)
    if times == 1:
        return source
    folder = WORK / "filled" / f"{data.folder.name}-x{times}"
    done = folder / "filled.json"
    if done.exists() and not fresh:
        print(f"using {folder}, filled {json.loads(done.read_text())['at']}", file=sys.stderr)
        return folder
    progress = folder / "copied.json"
    if fresh or not progress.exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns("*.sock", "log", "filled.json"))
        progress.write_text("[]")
    copied = json.loads(progress.read_text())
    began = time.perf_counter()
    with Server(folder) as server:
        for table in (*FACTS, *TOTALS):
            if [table, 0] not in copied:
                server.sql(f"DROP TABLE IF EXISTS original_{table}")
                server.sql(f"CREATE TABLE original_{table} AS {table}")
                server.sql(f"INSERT INTO original_{table} SELECT * FROM {table} SETTINGS {SETTINGS}")
                copied.append([table, 0])
                progress.write_text(json.dumps(copied))
            for first in range(1, times, COPIES_AT_ONCE):
                last = min(first + COPIES_AT_ONCE, times)
                if [table, first] in copied:
                    continue
                server.sql(_copy(server, data, table, first, last))
                copied.append([table, first])
                progress.write_text(json.dumps(copied))
                print(f"{table} × {last} after {time.perf_counter() - began:.0f} s", file=sys.stderr)
            server.sql(f"DROP TABLE IF EXISTS original_{table} SYNC")
        asyncio.run(_reckon_shared(server, data))
        for table in AT_REST:
            server.sql(f"OPTIMIZE TABLE {table} FINAL SETTINGS max_execution_time = 7200")
        wait_for_merges(server, seconds=900)
    done.write_text(json.dumps({"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "copies": times}))
    return folder


def _shared(data: Dataset) -> tuple[str, ...]:
    return data.manifest["giant_session"], data.manifest["giant_user"], MARATHON_USER.decode()


def _copy(server: Server, data: Dataset, table: str, first: int, last: int) -> str:
    columns = server.sql(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND default_kind = '' "
        f"AND table = '{table}' ORDER BY position"
    )
    shared = ", ".join(f"'{id_}'" for id_ in ("", *_shared(data)))
    own = TOTALS.get(table)
    where = f"WHERE {own} NOT IN ({shared})" if own else ""
    values = ", ".join(_value(column["name"], shared) for column in columns)
    names = ", ".join(f"`{column['name']}`" for column in columns)
    source = f"SELECT *, arrayJoin(range({first}, {last})) AS copy FROM original_{table} {where}"
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM ({source}) SETTINGS {SETTINGS}"


def _value(name: str, shared: str) -> str:
    """The expression that gives a column its value in a copy."""
    renamed = f"if({{}} IN ({shared}), {{}}, concat({{}}, '~', toString(copy)))"
    if name == "trace_id":
        return "if(trace_id = '', '', lower(hex(sipHash128(trace_id, copy))))"
    if name in ("user_id", "app_user", "provider_user", "assigned_user", "session_id"):
        return renamed.format(name, name, name)
    if name in ("session_ids", "user_ids", "users", "user_keys"):
        return f"arrayMap(id -> {renamed.format('id', 'id', 'id')}, {name})"
    if name in ("event_id", "score_id", "log_id"):
        return f"concat({name}, '~', toString(copy))"
    return f"`{name}`"


async def _reckon_shared(server: Server, data: Dataset) -> None:
    store = ClickHouseStore(f"clickhouse+unix://{server.data}/engine.sock")
    session, *users = _shared(data)
    try:
        await store.roll_up([Touched("default", session_ids={session}, user_ids=set(users))])
    finally:
        await store.close()
