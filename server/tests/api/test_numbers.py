"""Fields, facets, histograms, metrics and search, against a plain computation from what was sent."""

import random
import time
from collections import Counter

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from baserun_server.api.fields import make_edges

from .running import call, traces_of

pytestmark = pytest.mark.slow(13)

N = 0x5EED000
HOUR_NS = 3_600 * 10**9
HERE = "environment:numbers"
MODELS = ["gpt-4.1-mini", "gpt-4.1", "o3"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sent(server) -> list[dict]:
    rng = random.Random(3)
    now = time.time_ns()
    made = [
        {
            "trace": f"{N + n:032x}",
            "at_ns": now - rng.randrange(40 * HOUR_NS) - HOUR_NS,
            "model": rng.choice(MODELS),
            "user": f"nu-{rng.randrange(6)}",
            "session": f"ns-{rng.randrange(12)}",
            "lasts_ms": rng.choice([10, 100, 1_000, 60_000]),
            "failed": rng.random() < 0.25,
            "plan": rng.choice(["pro", "free"]),
        }
        for n in range(60)
    ]
    spans = [
        call(
            t["trace"],
            at_ns=t["at_ns"],
            lasts_ms=t["lasts_ms"],
            gen_ai__request__model=t["model"],
            user__id=t["user"],
            session__id=t["session"],
            error="broke" if t["failed"] else "",
            baserun__metadata__plan=t["plan"],
            said=f"zebra {n} crossing",
            answer="stripes",
        )
        for n, t in enumerate(made)
    ]
    await server.send("traces", traces_of(*spans, deployment__environment__name="numbers"))
    await server.settled()
    return made


@pytest.mark.parametrize("list_", ["users", "sessions", "traces"])
@pytest.mark.asyncio(loop_scope="session")
async def test_every_field_that_is_listed_can_be_used_as_it_says(server, sent, list_):
    fields = await server.get("/fields", **{"for": list_})
    assert "field:value" in fields["grammar"]
    values = {"time": "now-1d", "flag": "true", "number": "1", "duration": "1s", "cost": "0.1"}
    clauses, sorts = [], []
    for field in fields["items"]:
        name = field["name"].replace("<key>", "plan").replace("<name>", "helpful")
        sorts += [f"-{name}"] if field["sortable"] else []
        for operator in field["operators"]:
            text = f"has:{name}" if operator == "has" else f"{name}{operator}{values.get(field['type'], '1')}"
            clauses.append(text)
        if field["facets"] and field["name"] in ("model", "environment", "name", "meta.<key>", "trait.<key>"):
            await server.get("/facets", **{"for": list_, "field": name})
    for start in range(0, len(clauses), 20):
        await server.get(f"/{list_}", filter=" ".join(clauses[start : start + 20]), limit=1)
    for start in range(0, len(sorts), 7):
        await server.get(f"/{list_}", sort=",".join(sorts[start : start + 7]), limit=1)


@pytest.mark.asyncio(loop_scope="session")
async def test_facets_count_the_set_that_the_other_filters_leave(server, sent):
    of_traces = {"for": "traces", "field": "model"}
    all_of_them = await server.get("/facets", **of_traces, filter=HERE)
    assert {item["value"]: item["count"] for item in all_of_them["items"]} == Counter(t["model"] for t in sent)
    others = await server.get("/facets", **of_traces, filter=f"{HERE} model:o3 errors>0")
    failed = [t for t in sent if t["failed"]]
    assert {item["value"]: item["count"] for item in others["items"]} == Counter(t["model"] for t in failed)
    begun = await server.get("/facets", **of_traces, filter=HERE, prefix="GPT", limit=1)
    assert (len(begun["items"]), begun["more"]) == (1, True)
    plans = await server.get("/facets", **{"for": "traces", "field": "meta.plan"}, filter=HERE)
    assert {item["value"]: item["count"] for item in plans["items"]} == Counter(t["plan"] for t in sent)


@pytest.mark.parametrize(
    ("field", "bins"), [("duration_ms", 1), ("duration_ms", 32), ("errors", 4), ("cost_usd", 8), ("latency_p95_ms", 8)]
)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_histogram_counts_every_row_once_in_the_bin_that_holds_it(server, sent, field, bins):
    histogram = await server.get("/histogram", **{"for": "traces", "field": field}, filter=HERE, bins=bins)
    edges, counts = histogram["edges"], histogram["counts"]
    assert len(edges) == len(counts) + 1
    assert len(counts) <= max(bins, 2)
    assert sum(counts) == len(sent)
    rows = (await server.get("/traces", filter=HERE, limit=200))["items"]
    if field in rows[0]:
        for number, count in enumerate(counts):
            last = number == len(counts) - 1
            inside = [r for r in rows if edges[number] <= r[field] and (r[field] < edges[number + 1] or last)]
            assert len(inside) == count, (number, edges)


numbers = st.floats(0, 1e9).map(lambda number: round(number, 3))


@given(st.lists(numbers, min_size=1, max_size=20), st.integers(1, 40), st.booleans())
def test_edges_grow_and_hold_every_value(values, bins, whole):
    if whole:
        values = [float(int(value)) for value in values]
    positive = [value for value in values if value > 0]
    edges, _ = make_edges(min(values), min(positive) if positive else None, max(values), bins, whole)
    assert edges == sorted(edges)
    assert edges[0] <= min(values)
    assert max(values) <= edges[-1]
    assert len(edges) <= bins + 2


@pytest.mark.asyncio(loop_scope="session")
async def test_metrics_add_up_to_what_was_sent(server, sent):
    names = "traces,sessions,active_users,llm_calls,errors,error_rate,cost_usd,wait_p50_ms,latency_p95_ms"
    answer = await server.get("/metrics", metrics=names, filter=HERE, interval="1h", **{"from": "now-3d"})
    assert answer["interval_s"] == 3_600
    series = {one["metric"]: one["values"] for one in answer["series"]}
    assert all(len(values) == len(answer["times"]) for values in series.values())
    totals = answer["totals"]
    assert sum(series["traces"]) == totals["traces"] == len(sent)
    assert sum(series["errors"]) == totals["errors"] == sum(t["failed"] for t in sent)
    assert totals["active_users"] == len({t["user"] for t in sent})
    assert totals["sessions"] == len({t["session"] for t in sent})
    assert totals["error_rate"] == pytest.approx(totals["errors"] / len(sent))
    rows = (await server.get("/traces", filter=HERE, limit=200))["items"]
    assert totals["cost_usd"] == pytest.approx(sum(row["cost_usd"] for row in rows))
    empty = [value for value, count in zip(series["wait_p50_ms"], series["traces"], strict=True) if not count]
    assert set(empty) == {None}


@pytest.mark.asyncio(loop_scope="session")
async def test_metrics_split_by_model_add_up_to_the_whole(server, sent):
    answer = await server.get("/metrics", metrics="traces", by="model", filter=HERE, **{"from": "now-3d"})
    assert {one["by"]: sum(one["values"]) for one in answer["series"]} == Counter(t["model"] for t in sent)


@pytest.mark.asyncio(loop_scope="session")
async def test_metrics_are_compared_with_the_window_before(server, sent):
    answer = await server.get("/metrics", metrics="traces", compare="previous", filter=HERE, **{"from": "now-1d"})
    day_ago = time.time_ns() - 24 * HOUR_NS
    now, before = answer["totals"]["traces"], answer["previous_totals"]["traces"]
    assert now + before == len(sent)
    assert abs(now - sum(t["at_ns"] >= day_ago for t in sent)) <= 1
    assert len(answer["series"][0]["previous"]) == len(answer["times"])


@pytest.mark.asyncio(loop_scope="session")
async def test_metrics_of_nothing_are_zero_or_unknown(server):
    answer = await server.get("/metrics", metrics="traces,wait_p95_ms", filter="environment:never")
    assert answer["totals"] == {"traces": 0, "wait_p95_ms": None}


@pytest.mark.asyncio(loop_scope="session")
async def test_search_finds_ids_first_then_words(server, sent):
    by_user = (await server.get("/search", q="nu-3"))["items"]
    assert (by_user[0]["type"], by_user[0]["id"], by_user[0]["url"]) == ("user", "nu-3", "/users/nu-3")
    by_start = (await server.get("/search", q="nu-", limit=20))["items"]
    assert {item["id"] for item in by_start if item["type"] == "user"} == {t["user"] for t in sent}
    trace = sent[5]["trace"]
    assert (await server.get("/search", q=trace.upper()))["items"][0]["url"] == f"/traces/{trace}"
    words = (await server.get("/search", q='"zebra 5 crossing"'))["items"]
    assert [(item["type"], item["id"]) for item in words] == [("trace", trace)]
    assert words[0]["snippet"] == "zebra 5 crossing"
    assert (await server.get("/search", q="no such thing anywhere"))["items"] == []


ALL_METRICS = "active_users,sessions,traces,llm_calls,tokens,cost_usd,errors,error_rate,feedback_up,latency_p95_ms"


@pytest.mark.asyncio(loop_scope="session")
async def test_charts_say_the_same_from_computed_quarters_as_from_traces_whatever_changes_later(server, sent):
    store, now_s = server.app.state.store, time.time_ns() // 10**9
    windows = [(50 * 3_600, 0, "1h"), (30 * 3_600 + 123, 4_321, "15m"), (45 * 3_600, 3_600, "6h"), (901, 1, "15m")]

    async def compare() -> None:
        for since, until, interval in windows:
            window = {"from": at(now_s - since), "to": at(now_s - until), "interval": interval, "metrics": ALL_METRICS}
            quick = await server.get("/metrics", **window)
            plain = await server.get("/metrics", filter="has:trace_id", **window)
            assert quick["totals"] == pytest.approx(plain["totals"]), window
            for one, other in zip(quick["series"], plain["series"], strict=True):
                assert one["values"] == pytest.approx(other["values"]), (window, one["metric"])

    async def compute() -> int:
        bounds = {"project_id": "default", "first_s": now_s - 60 * 3_600, "last_s": now_s}
        hours = await store.query("hours_of_window", bounds)
        stale = {row["hour_s"]: row["changed"] for row in hours if row["changed"] > row["computed"]}
        for day in {hour // 86_400 for hour in stale}:
            await store.compute_quarter_hours("default", {h: v for h, v in stale.items() if h // 86_400 == day})
        return len(stale)

    await compare()
    assert await compute() > 0
    await compare()
    assert await compute() == 0
    late = call(f"{N + 999:032x}", at_ns=now_s * 10**9 - 20 * HOUR_NS, user__id="nu-late", session__id="ns-3")
    await server.send("traces", traces_of(late))
    assert (await server.client.patch("/api/v1/sessions/ns-3", json={"user_id": "nu-moved"})).status_code == 202
    await server.settled()
    await compare()
    assert await compute() > 1
    await compare()


def at(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
