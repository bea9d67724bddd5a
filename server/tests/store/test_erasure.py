"""A person who is erased: nothing of them is left, everybody else's totals are right, and nothing comes back."""

import asyncio
import copy

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from baserun_server.model import Batch, Log, Span
from baserun_server.store import statements
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.erasure.plan import QUARTERS, WHERE
from baserun_server.store.touched import touched_by

from . import oracle
from .conftest import store_at
from .records import USERS, histories
from .test_rollups import EXAMPLES, assert_equal, assert_sums_agree, new_project, rows_of, store_all
from .test_store import make_span

pytestmark = pytest.mark.slow(38)

LISTS = ("spans", "session_events", "user_events", "scores", "logs")


def without(batches: list[Batch], user_id: str) -> list[Batch]:
    """The history as it would have been without a person: the oracle, over all records at once."""
    totals = oracle.totals(batches)
    said = oracle.newest([e for b in batches for e in b.user_events], "user_id", "event_id")
    # What only a sender said of ids joins their numbers; an erasure does not follow it.
    owner = oracle.owners([event for event in said if event.confirmed])
    named = {e.user_id for b in batches for e in b.user_events} | {e.alias for b in batches for e in b.user_events}
    ids = {id_ for id_ in {*named, user_id} if id_ and owner(id_) == owner(user_id)}
    everything = [span for batch in batches for span in batch.spans]
    naming = {span.trace_id for span in everything if {span.user_id, span.provider_user} & ids}
    traces, sessions = set(naming), set()
    for (session_id,), row in totals["sessions"].items():
        own = [t for t in totals["traces"].values() if t["session_id"] == session_id]
        theirs = {t["trace_id"] for t in own if oracle.effective(t, row) in ids}
        if set(row["users"]) <= ids and is_concerned(session_id, row, ids, naming, batches):
            sessions.add(session_id)
            theirs = {t["trace_id"] for t in own}
        traces |= theirs
    calls = {
        id_
        for span in oracle.newest(everything, "trace_id", "span_id")
        if span.trace_id in traces
        for id_ in (span.response_id, span.completion_id)
    } - {""}

    def stays(record) -> bool:
        if isinstance(record, Span):
            # A trace goes or stays as a whole: one that another session holds keeps a span that named an erased one.
            return record.trace_id not in traces
        if getattr(record, "trace_id", "") in traces or getattr(record, "session_id", "") in sessions:
            return False
        if {getattr(record, "user_id", ""), getattr(record, "alias", ""), getattr(record, "provider_user", "")} & ids:
            return False
        of_call = not getattr(record, "trace_id", "")
        return not (of_call and {getattr(record, "response_id", ""), getattr(record, "completion_id", "")} & calls)

    return [
        Batch(b.token, *([record for record in getattr(b, name) if stays(record)] for name in LISTS)) for b in batches
    ]


def is_concerned(session_id: str, row: dict, ids: set[str], naming: set[str], batches: list[Batch]) -> bool:
    """Whether the person took part in a session, was said to, or is named in a trace that names it."""
    told = {e.user_id for b in batches for e in b.session_events if e.session_id == session_id}
    holding = {s.trace_id for b in batches for s in b.spans if s.session_id == session_id}
    return bool(set(row["users"]) & ids or told & ids or holding & naming)


async def erase(store: ClickHouseStore, project_id: str, user_id: str) -> dict[str, int]:
    plan = await store.erasure.plan(project_id, user_id)
    left = await store.erasure.erase(project_id, "erasure-1", plan)
    assert not any(left.values())
    return plan.counts


@settings(
    max_examples=max(3, EXAMPLES // 3),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data(), user_id=st.sampled_from(USERS))
def test_after_an_erasure_everything_is_as_if_the_person_had_never_been_there(
    address: str, data: st.DataObject, user_id: str
):
    project_id = new_project()
    batches = data.draw(histories(project_id))
    expected = oracle.totals(without(copy.deepcopy(batches), user_id))

    async def check() -> None:
        store = await store_all(address, batches, [], True)
        await erase(store, project_id, user_id)
        stored = await rows_of(store, project_id)
        assert_equal(stored, expected)
        assert_sums_agree(stored)
        for batch in batches:
            # What was refused is not written: the same token would let the engine think that it has it.
            again = Batch(f"again {batch.token}", *(list(getattr(batch, name)) for name in LISTS))
            await store.erasure.refuse(again)
            await store.write(again)
            await store.roll_up(touched_by(again))
        assert_equal(await rows_of(store, project_id), expected)
        await store.close()

    asyncio.run(check())


def test_every_table_that_can_hold_something_of_people_is_erased_from():
    of_nobody = {"hour_versions", "quarter_hours_reckoned", "tickets", "erased", "erasures"}
    assert {*(table for table, _ in WHERE), QUARTERS} == set(statements.TABLES) - of_nobody


async def test_no_table_holds_a_word_of_an_erased_person(address: str):
    project_id, secret = new_project(), "ada-lovelace"
    store = store_at(address)
    await store.migrate()
    alone = [make_span(project_id, 1, session_id="alone", user_id=secret, input_messages=said(secret))]
    shared = [
        make_span(project_id, 2, session_id="shared", user_id=secret, output=secret),
        make_span(project_id, 3, session_id="shared", user_id="babbage"),
    ]
    silent = [make_span(project_id, 4, session_id="alone", user_id=secret, kind="llm")]
    beside = [content_of(silent[0], secret)]
    batch = Batch(f"{project_id}:1", spans=[*alone, *shared, *silent], logs=beside)
    await store.write(batch)
    await store.roll_up(touched_by(batch))
    assert len(await said_apart(store, project_id)) == 1
    (hour,) = await hours_of(store, project_id)
    await store.compute_quarter_hours(project_id, {hour["hour_s"]: hour["changed"]})
    assert len(await quarters_of(store, project_id)) > 0
    counts = await erase(store, project_id, secret)
    assert await quarters_of(store, project_id) == []
    # Charts read the traces until the hour is computed again.
    assert all(hour["changed"] > hour["computed"] for hour in await hours_of(store, project_id))
    assert (counts["spans"], counts["traces"], counts["sessions"], counts["users"]) == (3, 3, 1, 1)
    for table, _ in WHERE:
        rows = await store._transport.rows(f"SELECT * FROM {table} WHERE project_id = {{p:String}}", {"p": project_id})
        assert secret not in repr(rows), table
    sessions = (await rows_of(store, project_id))["sessions"]
    assert [(key, row["users"], row["traces"]) for key, row in sessions.items()] == [(("shared",), ["babbage"], 1)]
    await store.close()


async def said_apart(store: ClickHouseStore, project_id: str) -> list[dict]:
    text = "SELECT said FROM said_apart WHERE project_id = {p:String}"
    return await store._transport.rows(text, {"p": project_id})


def content_of(span: Span, text: str) -> Log:
    """What was said in a call, in a log entry beside it."""
    return Log(
        project_id=span.project_id,
        log_id="log-1",
        kind="content",
        name="",
        body={"input_messages": said(text)},
        trace_id=span.trace_id,
        span_id=span.span_id,
        at_us=span.start_us,
        received_us=span.received_us,
    )


async def hours_of(store: ClickHouseStore, project_id: str) -> list[dict]:
    return await store.query("hours_of_window", {"project_id": project_id, "first_s": 1, "last_s": 2**32 - 1})


async def quarters_of(store: ClickHouseStore, project_id: str) -> list[dict]:
    text = "SELECT quarter FROM quarter_hours WHERE project_id = {p:String}"
    return await store._transport.rows(text, {"p": project_id})


async def test_what_arrives_late_is_refused_and_counted_until_the_erasure_is_lifted(address: str):
    project_id = new_project()
    store = store_at(address)
    await store.migrate()
    batch = Batch(f"{project_id}:1", spans=[make_span(project_id, 1, session_id="s", user_id="ada")])
    await store.write(batch)
    await store.roll_up(touched_by(batch))
    await erase(store, project_id, "ada")

    def late(token: str) -> Batch:
        spans = [
            make_span(project_id, 1, span_id="f" * 16),  # of an erased trace, saying nothing of whose it is
            make_span(project_id, 2, session_id="s"),  # of an erased session
            make_span(project_id, 3, session_id="new", user_id="ada"),  # of the person, in a new session
            make_span(project_id, 4, session_id="other", user_id="babbage"),
            make_span(project_id, 6, session_id="s", user_id="babbage"),  # of somebody else who comes to the session
        ]
        return Batch(f"{project_id}:{token}", spans=spans)

    first, after = late("2"), late("3")
    await store.erasure.refuse(first)
    assert [span.session_id for span in first.spans] == ["other", "s"]
    rest = Batch(f"{project_id}:4", spans=[make_span(project_id, 5, session_id="new")])
    await store.erasure.refuse(rest)
    assert rest.spans == [], "the session was the person's, and what follows in it need not say so"
    receipts = await store.query("erasures", {"project_id": project_id, "erasure_id": "erasure-1"})
    assert sorted(row["counts"]["spans"] for row in receipts) == [1, 3]

    await store.erasure.lift(project_id, "erasure-1")
    await store.erasure.refuse(after)
    assert len(after.spans) == 5
    await store.close()


def said(text: str) -> list[dict]:
    return [{"role": "user", "parts": [{"type": "text", "content": f"I am {text}"}]}]
