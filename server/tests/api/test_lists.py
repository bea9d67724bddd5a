"""Lists: who is in them, in which order, page after page, with which numbers, against a plain computation in Python."""

import asyncio
import random
import time
from urllib.parse import quote

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baserun_server.store.search.fields import FIELDS

from .running import call, span, traces_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(60)]

DAY_NS = 86_400 * 10**9
ENVIRONMENT = "lists"
HERE = f"environment:{ENVIRONMENT}"
SORTS = [
    (list_, field.name, "-" if number % 2 else "")
    for list_ in ("users", "sessions", "traces")
    for number, field in enumerate(field for field in FIELDS[list_] if field.sortable)
]
ROWS = {"users": 9, "sessions": 25, "traces": 90}


class Sent:
    """A trace as it was sent: the oracle."""

    def __init__(self, number: int, rng: random.Random, now_ns: int) -> None:
        self.number = number
        self.session = f"ls-{rng.randrange(25):02}"
        self.user = f"lu-{int(self.session[3:]) % 9}"
        self.at_ns = now_ns - rng.randrange(10 * DAY_NS)
        self.calls = rng.randrange(1, 4)
        self.model = rng.choice(["gpt-4.1-mini", "gpt-4.1", "claude-sonnet-4"])
        self.tags = rng.sample(["alpha", "beta", "a b"], rng.randrange(3))
        self.failed = rng.random() < 0.3
        self.plan = rng.choice(["pro", "free", None])
        self.seats = rng.choice([None, 1, 20, 300])
        self.lasts_ms = rng.choice([100, 1_500, 40_000])
        self.id = f"{0xABC0000 + number:032x}"

    @property
    def spans(self) -> list[dict]:
        """Its spans on the wire."""
        common = {"session__id": self.session, "user__id": self.user, "baserun__tags": self.tags or None}
        extra = {"baserun__metadata__plan": self.plan, "baserun__metadata__seats": self.seats}
        return [
            call(
                self.id,
                at_ns=self.at_ns + n * 1_000_000,
                lasts_ms=self.lasts_ms,
                said=f"question {self.number} {n}",
                gen_ai__request__model=self.model,
                error="it broke" if self.failed and n == 0 else "",
                **common,
                **extra,
            )
            for n in range(self.calls)
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sent(server) -> list[Sent]:
    rng = random.Random(7)
    made = [Sent(number, rng, time.time_ns()) for number in range(90)]
    for start in range(0, len(made), 30):
        spans = [one for trace in made[start : start + 30] for one in trace.spans]
        await server.send("traces", traces_of(*spans, deployment__environment__name=ENVIRONMENT))
    await server.settled()
    return made


def only_these(list_: str) -> str:
    return "user_id:lu-*" if list_ == "users" else HERE


async def walk(server, path: str, **parameters) -> list[dict]:
    items, cursor = [], {}
    while True:
        page = await server.get(path, **parameters, **cursor)
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        assert page["items"]
        cursor = {"cursor": page["next_cursor"]}


def id_of(list_: str, item: dict) -> str:
    return item[{"users": "user_id", "sessions": "session_id", "traces": "trace_id"}[list_]]


@pytest.mark.parametrize(("list_", "field", "sign"), SORTS, ids=str)
async def test_a_walk_meets_every_row_exactly_once_under_every_order(server, sent, list_, field, sign):
    parameters = {"filter": only_these(list_), "sort": sign + field}
    whole = await server.get(f"/{list_}", **parameters, limit=200)
    pages = await walk(server, f"/{list_}", **parameters, limit=ROWS[list_] // 2 - 1)
    ids = [id_of(list_, item) for item in pages]
    assert ids == [id_of(list_, item) for item in whole["items"]]
    assert len(set(ids)) == len(ids) == ROWS[list_]
    values = [item[field] for item in pages if field in item and item[field] is not None]
    assert values == sorted(values, reverse=sign == "-")


async def test_a_walk_meets_every_row_exactly_once_while_data_arrives(server, sent):
    known = {trace.id for trace in sent}
    arriving = [Sent(1_000 + number, random.Random(number), time.time_ns()) for number in range(40)]
    for trace in arriving:
        trace.session, trace.user = "late-" + trace.session, "late-" + trace.user

    async def arrive() -> None:
        for trace in arriving:
            await server.send("traces", traces_of(*trace.spans, deployment__environment__name=ENVIRONMENT + "-late"))
            await asyncio.sleep(0.01)

    arrival = asyncio.create_task(arrive())
    met = await walk(server, "/traces", filter="environment:lists*", sort="-duration_ms,started_at", limit=8)
    await arrival
    ids = [item["trace_id"] for item in met]
    assert len(ids) == len(set(ids))
    assert known <= set(ids)


async def test_two_sort_keys_are_both_kept(server, sent):
    items = await walk(server, "/traces", filter=HERE, sort="-errors,duration_ms", limit=40)
    keys = [(-item["errors"], item["duration_ms"]) for item in items]
    assert keys == sorted(keys)


async def test_a_cursor_of_another_list_order_or_filter_is_refused(server, sent):
    page = await server.get("/traces", filter=HERE, limit=5)
    cursor = page["next_cursor"]
    for path, parameters in [
        ("/traces", {"filter": HERE, "sort": "name"}),
        ("/traces", {"filter": "tag:alpha"}),
        ("/traces", {"filter": HERE, "from": "now-1d"}),
        ("/sessions", {"filter": HERE}),
    ]:
        error = await server.refusal(path, **parameters, cursor=cursor)
        assert error["code"] == "invalid_cursor"


async def test_full_totals_are_the_sums_of_what_was_sent(server, sent):
    for item in (await server.get("/sessions", filter=HERE, limit=200))["items"]:
        mine = [trace for trace in sent if trace.session == item["session_id"]]
        assert item["traces"] == len(mine)
        assert item["llm_calls"] == sum(trace.calls for trace in mine)
        assert item["input_tokens"] == 10 * item["llm_calls"]
        assert item["errors"] == sum(trace.failed for trace in mine)
        assert item["users"] == [mine[0].user]
        assert set(item["models"]) == {trace.model for trace in mine}
    for item in (await server.get("/users", filter="user_id:lu-*"))["items"]:
        mine = [trace for trace in sent if trace.user == item["user_id"]]
        assert (item["traces"], item["sessions"]) == (len(mine), len({trace.session for trace in mine}))


WINDOWS = [(9, 6), (8, 2), (5, 4.9), (3, 0), (20, 0), (2.5, 1.5), (0.2, 0)]


@pytest.mark.parametrize(("since", "until"), WINDOWS, ids=str)
async def test_a_window_holds_whoever_was_active_in_it_with_exact_numbers_of_it(server, sent, since, until):
    now_us = time.time_ns() // 1_000
    from_us, to_us = (now_us - int(days * DAY_NS // 1_000) for days in (since, until))
    window = {"from": iso(from_us), "to": iso(to_us)}
    inside = [trace for trace in sent if from_us <= trace.at_ns // 1_000 <= to_us]
    for list_, key in (("sessions", "session"), ("users", "user")):
        items = await walk(server, f"/{list_}", filter=only_these(list_), **window, limit=20)
        parts = {id_of(list_, item): item["window"] for item in items}
        assert {getattr(trace, key) for trace in inside} <= set(parts)
        for id_, part in parts.items():
            mine = [trace for trace in inside if getattr(trace, key) == id_]
            assert part["traces"] == len(mine), (list_, id_)
            assert part["llm_calls"] == sum(trace.calls for trace in mine)
            assert part["errors"] == sum(trace.failed for trace in mine)
    traces = await walk(server, "/traces", filter=HERE, **window, limit=100)
    assert {item["trace_id"] for item in traces} == {trace.id for trace in inside}


def iso(at_us: int) -> str:
    whole, part = divmod(at_us, 10**6)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{part:06}Z"


CLAUSES = {
    "errors>=1": lambda t: t.failed,
    "errors:0": lambda t: not t.failed,
    "model:gpt-4.1": lambda t: t.model == "gpt-4.1",
    "model:gpt*": lambda t: t.model.startswith("gpt"),
    "model~SONNET": lambda t: "sonnet" in t.model,
    "model:gpt-4.1,claude*": lambda t: t.model == "gpt-4.1" or t.model.startswith("claude"),
    "tag:alpha": lambda t: "alpha" in t.tags,
    'tag:"a b"': lambda t: "a b" in t.tags,
    "has:tag": lambda t: bool(t.tags),
    "tag~A": lambda t: any("a" in tag for tag in t.tags),
    "meta.plan:pro": lambda t: t.plan == "pro",
    "meta.plan:pro,free": lambda t: t.plan is not None,
    "has:meta.plan": lambda t: t.plan is not None,
    "meta.seats>1": lambda t: t.seats is not None and t.seats > 1,
    "meta.seats:10..300": lambda t: t.seats is not None and 10 <= t.seats <= 300,
    "meta.seats:20": lambda t: t.seats == 20,
    "duration<1s": lambda t: t.lasts_ms < 900,
    "duration_ms:1s..5s": lambda t: t.lasts_ms == 1_500,
    "llm_calls:2..3": lambda t: t.calls >= 2,
    "tokens>30": lambda t: t.calls * 15 > 30,
    "user:lu-1,lu-2": lambda t: t.user in ("lu-1", "lu-2"),
    "user_id:lu-1*": lambda t: t.user == "lu-1",
    "session:ls-0*": lambda t: t.session.startswith("ls-0"),
    "status:error": lambda t: t.failed,
    "started>now-5d": lambda t: t.at_ns > time.time_ns() - 5 * DAY_NS,
    "cost_usd>$0.00002": lambda t: t.calls * COSTS[t.model] > 20_000,
    "has:score.anything": lambda t: False,
}
COSTS = {"gpt-4.1-mini": 12_000, "gpt-4.1": 60_000, "claude-sonnet-4": 105_000}
"""Nano-dollars of 10 input and 5 output tokens."""


async def test_filters_choose_what_plain_python_chooses(server, sent):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(CLAUSES))), min_size=1, max_size=3))
    def check(chosen) -> None:
        asked.append(chosen)

    asked: list = [[(negated, text)] for text in CLAUSES for negated in (False, True)]
    check()
    for chosen in asked:
        text = " ".join(("-" if negated else "") + clause for negated, clause in chosen)
        wanted = {t.id for t in sent if all(CLAUSES[clause](t) != negated for negated, clause in chosen)}
        page = await server.get("/traces", filter=f"{HERE} {text}", limit=200, include="total")
        assert {item["trace_id"] for item in page["items"]} == wanted, text
        assert page["total"] == {"value": len(wanted), "exact": True}


OF_USERS = {
    f"environment:{ENVIRONMENT}": lambda t: True,
    "environment:nowhere": lambda t: False,
    "tag:alpha": lambda t: "alpha" in t.tags,
    'tag:"a b",beta': lambda t: bool({"a b", "beta"} & set(t.tags)),
    "model:claude*": lambda t: t.model.startswith("claude"),
    "provider:openai": lambda t: True,
    "has:release": lambda t: False,
    "meta.plan:pro": lambda t: t.plan == "pro",
    "meta.seats>100": lambda t: t.seats == 300,
    "said:question": lambda t: True,
    'said:"question 17"': lambda t: t.number == 17,
    "score.lists-thumb:up": lambda t: t.number in JUDGED,
    "has:score.lists-other": lambda t: False,
}
JUDGED = (3, 40)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def judged(server, sent) -> None:
    """One trace that is judged by its id, and one by its session."""
    for judged in ({"trace_id": sent[JUDGED[0]].id}, {"session_id": sent[JUDGED[1]].session}):
        score = {"name": "lists-thumb", "label": "up", **judged}
        assert (await server.client.post("/api/v1/scores", json=score)).status_code == 202
    await server.settled()


@pytest.mark.parametrize("clause", OF_USERS)
async def test_users_are_chosen_by_what_their_sessions_and_traces_hold(server, sent, judged, clause):
    wanted = {trace.user for trace in sent if OF_USERS[clause](trace)}
    for text, users in ((clause, wanted), (f"-{clause}", {trace.user for trace in sent} - wanted)):
        page = await server.get("/users", filter=f"user_id:lu-* {text}", include="total")
        assert {item["user_id"] for item in page["items"]} == users, text
        assert page["total"]["value"] == len(users)


async def test_sessions_are_chosen_by_judgements_of_themselves_and_of_their_traces(server, sent, judged):
    found = await server.get("/sessions", filter=f"{HERE} score.lists-thumb:up")
    assert {item["session_id"] for item in found["items"]} == {sent[number].session for number in JUDGED}
    found = await server.get("/traces", filter=f"{HERE} score.lists-thumb>0.5")
    assert found["items"] == []


async def test_words_are_looked_for_in_what_was_said(server, sent):
    found = await server.get("/traces", filter=HERE, q='"question 17"')
    assert [item["trace_id"] for item in found["items"]] == [sent[17].id]
    none = await server.get("/traces", filter=HERE, q="question -question")
    assert none["items"] == []


async def test_the_sessions_and_traces_of_a_user_are_theirs(server, sent):
    mine = [trace for trace in sent if trace.user == "lu-3"]
    sessions = await walk(server, "/users/lu-3/sessions", limit=2)
    assert {item["session_id"] for item in sessions} == {trace.session for trace in mine}
    assert sessions == await walk(server, "/sessions", user="lu-3", limit=3)
    traces = await walk(server, "/traces", user="lu-3", filter=HERE, limit=4)
    assert {item["trace_id"] for item in traces} == {trace.id for trace in mine}
    assert {item["user_id"] for item in traces} == {"lu-3"}


HOSTILE = [
    "a/b",
    "50%",
    "%2F",
    "a b",
    "🦆",
    "شاهد",
    "'; DROP TABLE users; --",
    "{x:String}",
    "\\n\\",
    "x" * 500,
    '"',
    "..a",
    "a?b#c",
    "é",
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(server) -> None:
    spans = [
        call(0xBAD000 + n, at_ns=time.time_ns(), session__id=f"s{name}", user__id=f"u{name}", said=name)
        for n, name in enumerate(HOSTILE)
    ]
    await server.send("traces", traces_of(*spans, deployment__environment__name="hostile"))
    await server.settled()


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
async def test_any_id_leads_to_its_own_things_on_every_route(server, hostile, name):
    user, session = quote(f"u{name}", safe=""), quote(f"s{name}", safe="")
    assert (await server.get(f"/users/{user}"))["user_id"] == f"u{name}"
    assert [s["session_id"] for s in (await server.get(f"/users/{user}/sessions"))["items"]] == [f"s{name}"]
    assert (await server.get(f"/sessions/{session}"))["users"] == [f"u{name}"]
    assert len((await server.get(f"/sessions/{session}/turns"))["items"]) == 1
    journey = await server.get(f"/users/{user}/journey")
    assert {entry["session_id"] for entry in journey["items"] if entry["type"] == "session"} == {f"s{name}"}
    for path, parameters in [
        ("/sessions", {"user": f"u{name}"}),
        ("/traces", {"session": f"s{name}"}),
        ("/traces", {"user": f"u{name}"}),
        ("/sessions", {"filter": f"session_id:{in_quotes('s' + name)}"}),
        ("/traces", {"filter": f"user_id:{in_quotes('u' + name)} environment:hostile"}),
    ]:
        items = (await server.get(path, **parameters))["items"]
        assert [item["session_id"] for item in items] == [f"s{name}"], (path, parameters)
    found = (await server.get("/search", q=f"s{name}"))["items"]
    assert any(item["type"] == "session" and item["id"] == f"s{name}" for item in found)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
async def test_hostile_words_in_any_parameter_find_nothing_and_break_nothing(server, hostile, name):
    for parameter in ("q", "filter", "sort", "cursor", "from"):
        answer = await server.client.get("/api/v1/sessions", params={parameter: name})
        assert answer.status_code in (200, 400), (parameter, answer.text)
    for path in ("/users", "/sessions", "/traces"):
        answer = await server.client.get(f"/api/v1{path}/{quote('nobody' + name, safe='')}")
        assert answer.status_code == 404
    answer = await server.client.get("/api/v1/facets", params={"for": "sessions", "field": "model", "prefix": name})
    assert answer.status_code == (200 if len(name) < 200 else 400)


def in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def test_traces_without_session_or_user_are_listed(server):
    await server.send(
        "traces", traces_of(span(0xFACE, at_ns=time.time_ns(), name="lonely"), deployment__environment__name="lonely")
    )
    await server.settled()
    (item,) = (await server.get("/traces", filter="environment:lonely"))["items"]
    assert (item["session_id"], item["user_id"], item["name"]) == (None, None, "lonely")
