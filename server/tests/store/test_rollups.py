"""Every total equals what a plain computation over all records gives, whatever arrives when."""

import asyncio
import os
import uuid
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from baserun_server.model import Batch, Log, Span
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.touched import touched_by

from . import oracle
from .conftest import store_at
from .records import FIELD, MONTH_END_US, histories

pytestmark = pytest.mark.slow(21)

EXAMPLES = int(os.environ.get("BASERUN_TEST_EXAMPLES", "12"))
KEYS = {
    "traces": ("trace_id",),
    "sessions": ("session_id",),
    "activity": ("user_id", "session_id", "day"),
    "users": ("user_id",),
}


async def rows_of(store: ClickHouseStore, project_id: str) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """All live rows of every roll-up in the oracle's form."""
    found = {}
    for table, key in KEYS.items():
        text = f"SELECT * FROM {table} FINAL WHERE project_id = {{project_id:String}}"
        rows = [plain(row) for row in await store._transport.rows(text, {"project_id": project_id})]
        found[table] = {tuple(row[column] for column in key): row for row in rows}
        assert len(found[table]) == len(rows), f"two rows of one key in `{table}`"
    return found


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with times in microseconds, days as numbers, and claims as tuples."""
    for column in ("started_at", "ended_at", "last_activity", "first_at", "last_at", "first_seen", "last_seen"):
        if row.get(column):
            row[column] = micros(row[column])
    if "day" in row:
        row["day"] = date.fromisoformat(row["day"]).toordinal() - date(1970, 1, 1).toordinal()
    for column in ("sessions_said", "users_said"):
        if column in row:
            row[column] = [tuple(claim.values()) for claim in row[column]]
    row["latency"] = {int(bucket): calls for bucket, calls in row["latency"].items()}
    return {"traces": 1, **row}


def micros(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def assert_equal(stored: dict[str, Any], expected: dict[str, Any]) -> None:
    for table, rows in expected.items():
        assert stored[table].keys() == rows.keys(), table
        for key, row in rows.items():
            differing = {
                name: (stored[table][key][name], value)
                for name, value in row.items()
                if stored[table][key][name] != value
            }
            assert not differing, f"{table} {key}: (stored, expected) {differing}"


def assert_sums_agree(stored: dict[str, Any]) -> None:
    """The identities: a session is the sum of its traces, a user of the activity, and nothing is left over."""
    for name in set(oracle.SUMS) - {"feedback_up", "feedback_down"}:
        of_traces = sum(row[name] for row in stored["traces"].values() if row["session_id"] or row["user_id"])
        assert sum(row[name] for row in stored["activity"].values()) == of_traces
        of_sessions = sum(row[name] for row in stored["sessions"].values())
        assert of_sessions == sum(row[name] for row in stored["traces"].values() if row["session_id"])
        with_user = sum(row[name] for (user, _, _), row in stored["activity"].items() if user)
        assert sum(row[name] for row in stored["users"].values()) == with_user


async def store_all(address: str, batches: list[Batch], repeat: list[int], roll_up_each: bool) -> ClickHouseStore:
    store = store_at(address)
    await store.migrate()
    later = []
    for number in [*range(len(batches)), *repeat]:
        await store.write(batches[number % len(batches)])
        later += touched_by(batches[number % len(batches)])
        if roll_up_each:
            await store.roll_up(later)
            later = []
    await store.roll_up(later)
    return store


def new_project() -> str:
    return f"project-{uuid.uuid4().hex}"


TOGETHER = 3
"""Histories whose records lie in the same batches, each of a project of its own. A batch takes as many statements, and
so as long, whatever it holds."""


@settings(
    max_examples=max(3, EXAMPLES // TOGETHER),
    deadline=None,
    # A failing history is small as it is, and each attempt to make it smaller takes a second.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data(), repeat=st.lists(st.integers(0, 2), max_size=2), roll_up_each=st.booleans())
@pytest.mark.timeout(600)
def test_every_total_is_right_whatever_the_order_of_arrival(
    address: str, data: st.DataObject, repeat: list[int], roll_up_each: bool
):
    drawn = {project_id: data.draw(histories(project_id)) for project_id in (new_project() for _ in range(TOGETHER))}

    async def check() -> None:
        store = await store_all(address, together(*drawn.values()), repeat, roll_up_each)
        try:
            stored = {project_id: await rows_of(store, project_id) for project_id in drawn}
        finally:
            await store.close()
        for project_id, batches in drawn.items():
            assert_equal(stored[project_id], oracle.totals(batches))
            assert_sums_agree(stored[project_id])

    asyncio.run(check())


def together(*lists: list[Batch]) -> list[Batch]:
    """The first batches of all as one, then the second ones, and so on."""
    return [
        Batch(
            "+".join(batch.token for batch in batches),
            **{name: [record for batch in batches for record in getattr(batch, name)] for name in FIELD.values()},
        )
        for batches in zip_longest(*lists, fillvalue=Batch(""))
    ]


@pytest.mark.parametrize("failure_first", [False, True])
def test_a_failure_that_is_told_apart_from_its_span_counts(address: str, failure_first: bool):
    project_id = new_project()
    common = {"project_id": project_id, "trace_id": "a" * 32, "received_us": 1}
    spans = [
        Span(**common, span_id="a" * 16, start_us=MONTH_END_US, end_us=MONTH_END_US + 90, session_id="s"),
        Span(
            **common,
            span_id="b" * 16,
            parent_span_id="a" * 16,
            kind="llm",
            start_us=MONTH_END_US,
            end_us=MONTH_END_US + 80,
        ),
    ]
    failure = Log(
        **common, span_id="b" * 16, log_id="l", kind="failure", name="exception", body={"type": "X"}, at_us=MONTH_END_US
    )
    batches = [Batch(f"{project_id}-1", spans=spans), Batch(f"{project_id}-2", logs=[failure])]

    async def check() -> None:
        store = await store_all(address, batches[::-1] if failure_first else batches, [0], roll_up_each=True)
        try:
            [row] = (await rows_of(store, project_id))["traces"].values()
        finally:
            await store.close()
        assert (row["errors"], row["status"], row["llm_calls"]) == (1, "error", 1)

    asyncio.run(check())
