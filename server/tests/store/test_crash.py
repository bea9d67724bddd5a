"""The engine killed between any two steps, and everything done again, ends where an undisturbed run ends."""

import random

import pytest

from baserun_server.errors import StoreError
from baserun_server.model import Batch
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import touched_by

from . import oracle
from .conftest import EngineProcess
from .records import MONTH_END_US
from .test_rollups import assert_equal, new_project, rows_of
from .test_store import make_span

pytestmark = pytest.mark.slow(10)


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
    """Counts the statements, and kills the engine before the n-th."""

    def __init__(self, store: ClickHouseStore, engine: EngineProcess, step: int | None = None) -> None:
        self.statements = 0
        self._step = step
        self._engine = engine
        self._post = store._transport._post
        store._transport._post = self.post  # type: ignore[method-assign]

    async def post(self, *arguments, **named):
        self.statements += 1
        if self.statements == self._step:
            self._engine.kill()
        return await self._post(*arguments, **named)


KILLS = 6
"""An engine takes seconds to start, so that not every step can have its kill in every run."""


async def test_a_kill_between_any_two_steps_changes_nothing(engine_of_its_own: EngineProcess, monkeypatch):
    monkeypatch.setattr("baserun_server.store.wire.transport.PAUSES_SECONDS", ())
    engine = engine_of_its_own
    store = ClickHouseStore(engine.address)
    await store.migrate()
    counted = Killer(store, engine)
    await take(store, moving_batches(new_project())[0])
    steps = range(1, counted.statements + 1)
    await store.close()
    assert len(steps) > KILLS
    # The first and the last are edges; between them chance, another one in every run.
    for step in {1, counted.statements, *random.sample(steps, KILLS - 2)}:
        project_id = new_project()
        batches = moving_batches(project_id)
        store = ClickHouseStore(engine.address)
        await take(store, batches[0])
        Killer(store, engine, step)
        with pytest.raises(StoreError):
            await take(store, batches[1])
        await store.close()
        engine.start()
        store = ClickHouseStore(engine.address)
        await take(store, batches[1])
        assert_equal(await rows_of(store, project_id), oracle.totals(batches))
        await store.close()


async def take(store: ClickHouseStore, batch: Batch) -> None:
    """What the worker does with a batch."""
    await store.write(batch)
    await store.roll_up(touched_by(batch))
