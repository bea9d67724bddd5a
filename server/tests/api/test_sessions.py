"""One session: its head, its conversation page by page, and what people change about it."""

import time

import pytest
import pytest_asyncio

from .running import attribute, call, message, span, traces_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(24)]

SECOND_NS = 10**9
TURNS = 23


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def conversation(server) -> int:
    """A session `talk` of 23 turns, one a minute, each with the whole conversation so far."""
    began_ns = time.time_ns() - 3_600 * SECOND_NS
    history, spans = [], []
    for n in range(1, TURNS + 1):
        spans.append(
            call(
                0x7A1000 + n,
                at_ns=began_ns + n * 60 * SECOND_NS,
                lasts_ms=2_000,
                said=f"question {n}",
                answer=f"answer {n}",
                history=list(history),
                session__id="talk",
                user__id="talker",
                gen_ai__response__id=f"talk-{n}",
                error="Rate limit reached" if n == 5 else "",
            )
        )
        history += [message("user", f"question {n}"), message("assistant", f"answer {n}")]
    await server.send("traces", traces_of(*spans[::2]))
    await server.send("traces", traces_of(*spans[1::2]))
    await server.settled()
    return began_ns


def spoken(turn: dict) -> list[str]:
    return [part["content"] for said in turn["new_messages"] for part in said["parts"]]


async def test_the_head_of_a_session_counts_and_draws_every_turn(server, conversation):
    session = await server.get("/sessions/talk")
    assert (session["turns_total"], session["traces"], session["errors"]) == (TURNS, TURNS, 1)
    assert (session["first_input"], session["last_output"]) == ("question 1", "answer 23")
    assert [mark["n"] for mark in session["strip"]] == list(range(1, TURNS + 1))
    first, second = session["strip"][:2]
    assert (first["wait_ms"], first["model_ms"], first["gap_ms"]) == (2_000, 2_000, 0)
    assert second["gap_ms"] == 58_000
    assert [mark["n"] for mark in session["strip"] if mark["errors"]] == [5]
    assert session["status"] == "idle"


@pytest.mark.parametrize("limit", [1, 4, 10, 100])
async def test_the_pages_of_a_conversation_are_its_turns_in_both_directions(server, conversation, limit):
    forward, cursor, last = [], {}, None
    while last is None or last["next_cursor"]:
        last = await server.get("/sessions/talk/turns", limit=limit, **cursor)
        forward += last["items"]
        cursor = {"cursor": last["next_cursor"]}
    assert [turn["n"] for turn in forward] == list(range(1, TURNS + 1))
    assert [spoken(turn) for turn in forward] == [[f"question {n}", f"answer {n}"] for n in range(1, TURNS + 1)]
    assert [turn["earlier"]["count"] for turn in forward] == [2 * n for n in range(TURNS)]
    backward = list(last["items"])
    while last["previous_cursor"]:
        last = await server.get("/sessions/talk/turns", limit=limit, cursor=last["previous_cursor"])
        backward = last["items"] + backward
    assert backward == forward


async def test_a_page_around_a_turn_holds_it(server, conversation):
    for n in (1, 2, 12, 22, 23):
        page = await server.get("/sessions/talk/turns", around=n, limit=5)
        assert n in [turn["n"] for turn in page["items"]]
        assert page["total"] == {"value": TURNS, "exact": True}
    beyond = await server.get("/sessions/talk/turns", around=1_000, limit=5)
    assert beyond["items"] == []


async def test_waiting_thinking_and_errors_stand_in_their_turn(server, conversation):
    page = await server.get("/sessions/talk/turns", around=5, limit=3)
    (turn,) = [turn for turn in page["items"] if turn["n"] == 5]
    assert (turn["wait_ms"], turn["think_ms"], turn["status"]) == (2_000, 58_000, "error")
    assert [error["message"] for error in turn["errors"]] == ["Rate limit reached"]
    assert turn["usage"]["input_tokens"] == 10


async def test_a_score_on_a_call_by_the_providers_id_stands_in_its_turn(server, conversation):
    given = {
        "gen_ai.evaluation.name": "helpful",
        "gen_ai.evaluation.score.label": "down",
        "gen_ai.response.id": "talk-7",
    }
    given |= {"baserun.score.source": "feedback", "baserun.event.id": "judgement-7", "session.id": "talk"}
    record = {"eventName": "gen_ai.evaluation.result", "timeUnixNano": str(time.time_ns())}
    record["attributes"] = [attribute(key, value) for key, value in given.items()]
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    await server.settled()
    page = await server.get("/sessions/talk/turns", around=7, limit=3)
    assert {turn["n"]: [score["label"] for score in turn["scores"]] for turn in page["items"]} == {
        6: [],
        7: ["down"],
        8: [],
    }
    assert (await server.get("/sessions/talk"))["feedback_down"] == 1


async def test_a_cursor_of_another_session_is_refused(server, conversation):
    await server.send("traces", traces_of(call(0x7A2000, at_ns=time.time_ns(), session__id="other-talk")))
    await server.settled()
    page = await server.get("/sessions/talk/turns", limit=3)
    error = await server.refusal("/sessions/other-talk/turns", cursor=page["next_cursor"])
    assert error["code"] == "invalid_cursor"
    both = await server.refusal("/sessions/talk/turns", cursor=page["next_cursor"], around=3)
    assert both["field"] == "around"


async def test_a_session_moved_to_another_user_takes_its_traces_along(server):
    spans = [call(0x7A3000 + n, at_ns=time.time_ns(), session__id="moved", user__id="first-owner") for n in range(3)]
    await server.send("traces", traces_of(*spans))
    await server.settled()
    answer = await server.client.patch("/api/v1/sessions/moved", json={"user_id": "second-owner", "name": "Refund"})
    assert answer.status_code == 202
    assert answer.json()["id"]
    await server.settled()
    session = await server.get("/sessions/moved")
    assert (session["user_id"], session["users"], session["name"]) == ("second-owner", ["second-owner"], "Refund")
    assert (await server.get("/users/second-owner"))["traces"] == 3
    await server.refusal("/users/first-owner", 404)
    trace = await server.get(f"/traces/{0x7A3000:032x}")
    assert trace["user_id"] == "second-owner"
    assert trace["identity"]["user"] == {
        "value": "second-owner",
        "source": "assigned",
        "span_id": None,
        "attribute": None,
        "overrode": [
            {
                "value": "first-owner",
                "source": "application",
                "span_id": trace["spans"][0]["span_id"],
                "attribute": "user.id",
            }
        ],
    }


async def test_a_session_is_ended_with_an_outcome_and_resumed_by_the_next_trace(server):
    began_ns = time.time_ns() - 10 * SECOND_NS
    await server.send("traces", traces_of(call(0x7A4000, at_ns=began_ns, session__id="ended", user__id="ender")))
    await server.settled()
    assert (await server.get("/sessions/ended"))["status"] == "active"
    answer = await server.client.patch("/api/v1/sessions/ended", json={"outcome": "completed"})
    assert answer.status_code == 202
    await server.settled()
    ended = await server.get("/sessions/ended")
    assert (ended["status"], ended["outcome"]) == ("ended", "completed")
    assert ended["ended_at"] is not None
    assert [s["session_id"] for s in (await server.get("/sessions", filter="status:ended user_id:ender"))["items"]] == [
        "ended"
    ]
    later = call(0x7A4001, at_ns=time.time_ns() + SECOND_NS, session__id="ended", user__id="ender")
    await server.send("traces", traces_of(later))
    await server.settled()
    assert (await server.get("/sessions/ended"))["status"] == "active"


@pytest.mark.parametrize(
    "change",
    [{}, {"colour": "red"}, {"user_id": ""}, {"user_id": 5}, {"ended": False}, {"user_id": "x" * 2_000}],
    ids=str,
)
async def test_a_change_that_makes_no_sense_is_refused(server, conversation, change):
    answer = await server.client.patch("/api/v1/sessions/talk", json=change)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_parameter"


async def test_a_session_that_there_is_not_cannot_be_changed(server):
    answer = await server.client.patch("/api/v1/sessions/never", json={"ended": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    broken = await server.client.patch(
        "/api/v1/sessions/never", content=b'{"ended": tru', headers={"content-type": "application/json"}
    )
    assert (broken.status_code, broken.json()["error"]["message"]) == (400, "the body is no JSON")


async def test_a_turn_without_a_model_shows_what_went_in_and_came_out(server):
    step = span(
        0x7A5000, at_ns=time.time_ns(), session__id="plain", baserun__input={"city": "Oslo"}, baserun__output="rain"
    )
    await server.send("traces", traces_of(step))
    await server.settled()
    (turn,) = (await server.get("/sessions/plain/turns"))["items"]
    assert spoken(turn) == ["Oslo", "rain"]


async def test_a_session_and_its_traces_say_the_name_that_the_application_told_of_their_user(server):
    await server.send("traces", traces_of(call(0x7A7000, at_ns=time.time_ns(), session__id="named", user__id="hash-1")))
    told = [
        {"key": key, "value": {"stringValue": value}}
        for key, value in {
            "baserun.event.id": "told-1",
            "user.id": "hash-1",
            "baserun.trait.email": "ada@example.com",
            "baserun.trait.name": "Ada",
        }.items()
    ]
    record = {"timeUnixNano": str(time.time_ns()), "eventName": "baserun.user.identify", "attributes": told}
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    await server.settled()
    assert (await server.get("/sessions/named"))["user_name"] == "Ada"
    assert [row["user_name"] for row in (await server.get("/sessions", user="hash-1"))["items"]] == ["Ada"]
    assert [row["user_name"] for row in (await server.get("/traces", session="named"))["items"]] == ["Ada"]
    assert (await server.get(f"/traces/{0x7A7000:032x}"))["user_name"] == "Ada"


async def test_a_turn_of_very_many_calls_keeps_its_numbers_and_says_how_many_it_does_not_show(server):
    began_ns = time.time_ns() - 3_600 * SECOND_NS
    root = span(0xB161, at_ns=began_ns, session__id="very-many", name="agent", baserun__span__kind="agent")
    calls = [
        call(0xB161, at_ns=began_ns + n * 1_000_000, said=f"q{n}", answer=f"a{n}", parent=root["spanId"])
        for n in range(1, 1_301)
    ]
    others = [call(0xB200 + n, at_ns=began_ns + (n + 10) * SECOND_NS, session__id="very-many") for n in range(24)]
    await server.send("traces", traces_of(root, *calls))
    await server.send("traces", traces_of(*others))
    await server.settled()
    trace = await server.get(f"/traces/{0xB161:032x}", spans="light")
    assert trace["llm_calls"] == 1_300
    # Alone all of its spans are looked at; on a page with many others only the first of them.
    for limit in (1, 25):
        turns = (await server.get("/sessions/very-many/turns", limit=limit))["items"]
        assert len(turns) == limit
        turn = turns[0]
        assert turn["llm_calls"] == 1_300
        assert turn["usage"]["input_tokens"] == trace["input_tokens"]
        assert turn["cost_usd"] == pytest.approx(trace["cost_usd"])
        assert turn["models"] == trace["models"]
        assert 0 < turn["omitted"]["llm_calls"] < 1_300
        assert turn["new_messages"][0]["parts"][0]["content"] == "q1"
        assert all(other["omitted"]["llm_calls"] == 0 for other in turns[1:])
    (alone,) = (await server.get("/sessions/very-many/turns", limit=1))["items"]
    assert alone["new_messages"][-1]["parts"][0]["content"] == "a1300"
