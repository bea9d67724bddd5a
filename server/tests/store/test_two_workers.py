"""Two workers on one store: whoever comes between whichever two steps of the other, every total is right in the end."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from baserun_server.model import Batch
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import touched_by

from . import oracle
from .records import histories
from .test_rollups import EXAMPLES, assert_equal, assert_sums_agree, new_project, rows_of


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
    batches = data.draw(histories(project_id, cuts=4))

    async def check() -> None:
        stores = [ClickHouseStore(address, shared=True) for _ in range(2)]
        await stores[0].migrate()
        turns = Turns(seed, stay)

        def worker(number: int) -> Callable[[], Awaitable[None]]:
            turns.watch(number, stores[number])
            return lambda: flush_all(stores[number], batches[number::2])

        await turns.run(worker(0), worker(1))
        reader = ClickHouseStore(address)
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
