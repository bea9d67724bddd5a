"""The engine killed between any two steps, and everything done again, ends where an undisturbed run ends."""

import random

from baserun_server.errors import StoreError
from baserun_server.model import Batch
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import touched_by

from . import oracle
from .conftest import EngineProcess
from .records import MONTH_END_US
from .test_rollups import assert_equal, new_project, rows_of
from .test_store import make_span


def moving_batches(project_id: str) -> list[Batch]:
    """Two batches, the second of which moves every trace: to a session, to an earlier day, to another user."""
    first = [make_span(project_id, n, parent_span_id="f" * 16, user_id="u-1", kind="llm") for n in range(1, 4)]
    roots = [
        make_span(
            project_id,
            n,
            span_id=f"{n + 100:016x}",
            session_id="s-1",
            user_id="u-2",
            start_us=MONTH_END_US - 60_000_000,
        )
        for n in range(1, 4)
    ]
    return [Batch(f"{project_id}:1", spans=first), Batch(f"{project_id}:2", spans=roots)]


class Killer:
    """Kills the engine before the n-th statement."""

    def __init__(self, store: ClickHouseStore, engine: EngineProcess, step: int) -> None:
        self._left = step
        self._engine = engine
        self._post = store._transport._post
        store._transport._post = self.post  # type: ignore[method-assign]

    async def post(self, *arguments, **named):
        self._left -= 1
        if self._left == 0:
            self._engine.kill()
        return await self._post(*arguments, **named)

    @property
    def struck(self) -> bool:
        return self._left <= 0


async def test_a_kill_between_any_two_steps_changes_nothing(engine_of_its_own: EngineProcess, monkeypatch):
    monkeypatch.setattr("baserun_server.store.transport.PAUSES_SECONDS", ())
    steps, all_tried = list(range(1, 40)), 0
    random.Random(7).shuffle(steps)
    for step in steps[:14]:
        project_id = new_project()
        batches = moving_batches(project_id)
        store = ClickHouseStore(engine_of_its_own.address)
        await store.migrate()
        await store.write(batches[0])
        await store.roll_up(touched_by(batches[0]))
        killer = Killer(store, engine_of_its_own, step)
        try:
            await store.write(batches[1])
            await store.roll_up(touched_by(batches[1]))
        except StoreError:
            assert killer.struck
            engine_of_its_own.start()
        await store.close()
        store = ClickHouseStore(engine_of_its_own.address)
        await store.write(batches[1])
        await store.roll_up(touched_by(batches[1]))
        assert_equal(await rows_of(store, project_id), oracle.totals(batches))
        await store.close()
        all_tried += killer.struck
    assert all_tried > 3
