"""`verify` finds what does not agree, and `rebuild` makes it agree again."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.upkeep import Disagreement

from . import oracle
from .conftest import EngineProcess
from .records import histories
from .test_rollups import assert_equal, new_project, rows_of, store_all

pytestmark = pytest.mark.slow(10)


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_a_rebuild_of_damaged_totals_ends_where_they_were(engine_of_its_own: EngineProcess, data: st.DataObject):
    project_id = new_project()
    batches = data.draw(histories(project_id))

    async def check() -> None:
        store = await store_all(engine_of_its_own.address, batches, [], True)
        assert await disagreements(store, project_id) == []
        await damage(store, project_id)
        assert await disagreements(store, project_id) != []
        await store.rebuild()
        assert await disagreements(store, project_id) == []
        assert_equal(await rows_of(store, project_id), oracle.totals(batches))
        await store.close()

    asyncio.run(check())


async def disagreements(store: ClickHouseStore, project_id: str) -> list[Disagreement]:
    return [one for one in await store.verify() if one.project_id == project_id]


async def damage(store: ClickHouseStore, project_id: str) -> None:
    """Lose where the spans lie, a row of each roll-up, and gain a trace that never was."""
    keys = {"project_id": project_id}
    for table in ("trace_keys", "sessions", "users", "activity"):
        await store._transport.run(f"DELETE FROM {table} WHERE project_id = {{project_id:String}}", keys)
    await store._transport.run(
        "INSERT INTO traces (project_id, day, trace_id, session_id, version, spans_total)"
        " SELECT {project_id:String}, '2026-11-01', 'none', 's', 1, 3",
        keys,
    )
