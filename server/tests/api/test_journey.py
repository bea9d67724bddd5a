"""What happened to a user, in order of time."""

import time

import pytest
import pytest_asyncio

from .running import attribute, call, span, traces_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR_NS = 3_600 * 10**9
DAY_NS = 24 * HOUR_NS
J = 0x70A4E1000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def traveller(server) -> int:
    """Twenty days: two sessions, silence, a third with an error and another release, a trace of its own, feedback."""
    began = time.time_ns() - 20 * DAY_NS
    mine = {"user__id": "traveller"}
    old = [
        call(J + 1, at_ns=began, session__id="j-1", said="Where is my order?", answer="It ships today.", **mine),
        call(J + 2, at_ns=began + 3 * HOUR_NS, session__id="j-2", said="Thanks", **mine),
    ]
    new = [
        call(
            J + 3,
            at_ns=began + 12 * DAY_NS,
            session__id="j-3",
            said="It is not there",
            error="tool timeout",
            gen_ai__request__model="gpt-4.1",
            **mine,
        ),
        call(
            J + 4,
            at_ns=began + 12 * DAY_NS + HOUR_NS,
            session__id="j-3",
            said="Hello?",
            gen_ai__request__model="gpt-4.1",
            gen_ai__response__id="j-judged",
            **mine,
        ),
    ]
    loose = [span(J + 5, at_ns=began + 14 * DAY_NS, name="nightly", **mine)]
    stranger = [call(J + 6, at_ns=began + 12 * DAY_NS, session__id="j-3", user__id="stranger", error="not mine")]
    await server.send("traces", traces_of(*old, service__version="1.8"))
    await server.send("traces", traces_of(*new, *stranger, service__version="1.9"))
    await server.send("traces", traces_of(*loose))
    given = {
        "gen_ai.evaluation.name": "helpful",
        "gen_ai.evaluation.score.label": "down",
        "gen_ai.response.id": "j-judged",
        "gen_ai.evaluation.explanation": "useless",
        "baserun.score.source": "feedback",
        "baserun.event.id": "j-score",
    }
    record = {
        "eventName": "gen_ai.evaluation.result",
        "timeUnixNano": str(began + 12 * DAY_NS + 2 * HOUR_NS),
        "attributes": [attribute(key, value) for key, value in given.items()],
    }
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    await server.settled()
    return began


async def test_a_journey_tells_everything_in_order_of_time(server, traveller):
    entries = (await server.get("/users/traveller/journey", order="oldest"))["items"]
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    told = sorted((entry["type"], entry["session_id"] or "", entry["title"] or "") for entry in entries)
    assert told == sorted(
        [
            ("first", "", "first contact"),
            ("session", "j-1", ""),
            ("session", "j-2", ""),
            ("gap", "", ""),
            ("return", "", ""),
            ("session", "j-3", ""),
            ("release", "j-3", "1.9"),
            ("model", "", "gpt-4.1"),
            ("error", "j-3", "tool timeout"),
            ("feedback", "j-3", "helpful: down"),
            ("gap", "", ""),
            ("session", "", ""),
        ]
    )


async def test_a_session_in_a_journey_is_as_far_as_it_is_the_users(server, traveller):
    entries = (await server.get("/users/traveller/journey"))["items"]
    (third,) = [entry for entry in entries if entry["type"] == "session" and entry["session_id"] == "j-3"]
    assert (third["turns"], third["errors"], third["severity"]) == (2, 1, "error")
    (first,) = [entry for entry in entries if entry["session_id"] == "j-1"]
    assert (first["text_in"], first["text_out"]) == ("Where is my order?", "It ships today.")
    (feedback,) = [entry for entry in entries if entry["type"] == "feedback"]
    assert (feedback["text_in"], feedback["severity"], feedback["trace_id"]) == ("useless", "warning", f"{J + 4:032x}")


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_the_pages_of_a_journey_are_the_journey(server, traveller, order, limit):
    whole = (await server.get("/users/traveller/journey", order=order))["items"]
    met, cursor = [], {}
    while True:
        page = await server.get("/users/traveller/journey", order=order, limit=limit, **cursor)
        met += page["items"]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    key = str
    assert sorted(met, key=key) == sorted(whole, key=key)


async def test_a_journey_of_a_window_holds_what_was_active_in_it(server, traveller):
    entries = (await server.get("/users/traveller/journey", **{"from": "now-10d", "to": "now-7d"}))["items"]
    assert {entry["session_id"] for entry in entries if entry["type"] == "session"} == {"j-3"}
    assert "first" not in {entry["type"] for entry in entries}


async def test_nobody_has_no_journey(server):
    assert (await server.refusal("/users/nobody-at-all/journey", 404))["code"] == "not_found"
