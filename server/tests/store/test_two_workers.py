"""Two workers on one store: whoever comes between whichever two steps of the other, every total is right in the end,
also where the clock of one is an hour late."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from baserun_server.model import Batch
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import touched_by

from . import oracle
from .conftest import store_at
from .records import HOUR_US, TRACES, crowded_histories
from .test_crash import moving_batches
from .test_rollups import EXAMPLES, assert_equal, assert_sums_agree, new_project, rows_of

pytestmark = pytest.mark.slow(40)


class Turns:
    """Lets one statement through at a time, of the worker that chance names."""

    def __init__(self, seed: int, stay: float) -> None:
        self._random = random.Random(seed)
        self._stay = stay
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._working: set[int] = set()
        self._last = 0

    def watch(self, number: int, store: ClickHouseStore) -> None:
        """Make every statement of this worker wait for its turn."""
        post = store._transport._post

        async def in_turn(*arguments: Any, **named: Any) -> Any:
            turn = asyncio.get_running_loop().create_future()
            self._waiting[number] = turn
            self._go_on()
            await turn
            return await post(*arguments, **named)

        store._transport._post = in_turn  # type: ignore[method-assign]

    async def run(self, *workers: Callable[[], Awaitable[None]]) -> None:
        """Run the workers until all have ended."""
        self._working = set(range(len(workers)))

        async def work(number: int) -> None:
            try:
                await workers[number]()
            finally:
                self._working.discard(number)
                self._go_on()

        await asyncio.gather(*(work(number) for number in range(len(workers))))

    def _go_on(self) -> None:
        # Only when nobody is on the way to the store: then the order is chance's alone, and the same for the same seed.
        if not self._waiting or self._waiting.keys() != self._working:
            return
        if self._last not in self._waiting or self._random.random() > self._stay:
            self._last = self._random.choice(sorted(self._waiting))
        self._waiting.pop(self._last).set_result(None)


@settings(
    max_examples=max(3, EXAMPLES // 4),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data(), seed=st.integers(0, 2**32), stay=st.sampled_from([0.2, 0.6, 0.9]))
@pytest.mark.timeout(900)
def test_every_total_is_right_whoever_comes_between(address: str, data: st.DataObject, seed: int, stay: float):
    project_id = new_project()
    batches = data.draw(crowded_histories(project_id, TRACES[:2], spans_least=8, cuts=(5, 7)))

    async def check() -> None:
        stores = [store_at(address, shared=True) for _ in range(2)]
        await stores[0].migrate()
        stores[1]._roll_up.versions.now_ns = lambda: time.time_ns() - HOUR_US * 1_000
        turns = Turns(seed, stay)

        def worker(number: int) -> Callable[[], Awaitable[None]]:
            turns.watch(number, stores[number])
            return lambda: flush_all(stores[number], batches[number::2])

        await turns.run(worker(0), worker(1))
        reader = store_at(address)
        stored = await rows_of(reader, project_id)
        for store in (*stores, reader):
            await store.close()
        assert_equal(stored, oracle.totals(batches))
        assert_sums_agree(stored)

    asyncio.run(check())


async def flush_all(store: ClickHouseStore, batches: list[Batch]) -> None:
    for batch in batches:
        await store.write(batch)
        await store.roll_up(touched_by(batch))


class Gate:
    """Holds a worker before one of its statements until it is let go on."""

    def __init__(self, store: ClickHouseStore, step: int) -> None:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        self._left = step
        self._post = store._transport._post
        store._transport._post = self.post  # type: ignore[method-assign]

    async def post(self, *arguments: Any, **named: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            self.reached.set()
            await self.go_on.wait()
        return await self._post(*arguments, **named)


async def test_a_worker_that_stood_still_while_another_did_everything_leaves_nothing_stale(address: str):
    """It stands still before one of its statements, while the other moves every trace of its batch."""
    for step in range(2, 44, 3):
        project_id = new_project()
        batches = moving_batches(project_id)
        slow, quick = store_at(address, shared=True), store_at(address, shared=True)
        await quick.migrate()
        gate = Gate(slow, step)
        working = asyncio.create_task(flush_all(slow, [batches[0]]))
        waiting = asyncio.create_task(gate.reached.wait())
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        await flush_all(quick, [batches[1]])
        gate.go_on.set()
        await working
        waiting.cancel()
        assert_equal(await rows_of(quick, project_id), oracle.totals(batches))
        await slow.close()
        await quick.close()
