"""One person with several ids: totals, pages and windows are the person's, and a link can be taken back."""

import time

import pytest

from .running import call, traces_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY_NS = 86_400 * 10**9


async def speak(server, user: str, session: str, number: int, days_ago: float = 0) -> None:
    at_ns = time.time_ns() - int(days_ago * DAY_NS) - 10**9
    await server.send(
        "traces", traces_of(call(0xA11A5000 + number, at_ns=at_ns, session__id=session or None, user__id=user))
    )


async def link(server, user: str, aliases: list[str]) -> None:
    answer = await server.client.patch(f"/api/v1/users/{user}", json={"aliases": aliases})
    assert answer.status_code == 202, answer.text
    await server.settled()


async def test_what_someone_did_before_signing_in_is_theirs_and_can_be_given_back(server):
    await speak(server, "anonymous-7", "before", 1, days_ago=3)
    await speak(server, "anonymous-7", "", 2, days_ago=3)
    await speak(server, "grace", "after", 3)
    await server.settled()
    await link(server, "grace", ["anonymous-7"])

    grace = await server.get("/users/grace")
    assert (grace["traces"], grace["sessions"], grace["aliases"]) == (3, 2, ["anonymous-7"])
    assert (await server.get("/users/anonymous-7"))["user_id"] == "grace"
    assert await ids(server, "/users/anonymous-7/sessions") == {"before", "after"}
    assert await ids(server, "/sessions", user="grace") == {"before", "after"}
    assert await ids(server, "/traces", user="grace", name="trace_id") == {f"{0xA11A5000 + n:032x}" for n in (1, 2, 3)}
    journey = await server.get("/users/grace/journey")
    assert {item["session_id"] for item in journey["items"] if item["type"] == "session"} == {"before", "after", None}
    await speak(server, "anonymous-7", "before", 4)
    await server.settled()
    assert (await server.get("/users/grace"))["traces"] == 4

    await link(server, "grace", [])
    assert (await server.get("/users/grace"))["traces"] == 1
    assert (await server.get("/users/anonymous-7"))["traces"] == 3
    assert await ids(server, "/users/grace/sessions") == {"after"}


async def test_a_window_counts_what_the_person_did_in_it_by_whichever_id(server):
    await speak(server, "visitor", "w-1", 10, days_ago=5)
    await speak(server, "visitor", "w-1", 11, days_ago=9)
    await speak(server, "lovelace", "w-2", 12)
    await speak(server, "lovelace", "w-2", 13, days_ago=12)
    await server.settled()
    await link(server, "lovelace", ["visitor"])
    users = await server.get("/users", **{"from": "now-10d", "to": "now-2d", "q": "lovelace"})
    assert [(user["user_id"], user["traces"], user["window"]["traces"]) for user in users["items"]] == [
        ("lovelace", 4, 2)
    ]
    sessions = await server.get("/sessions", user="lovelace")
    assert {item["session_id"] for item in sessions["items"]} == {"w-1", "w-2"}


async def test_traits_that_are_told_through_the_api_name_the_person_under_every_id(server):
    await speak(server, "hopper", "t-1", 20)
    await speak(server, "hopper-old", "t-2", 21)
    await server.settled()
    change = {"traits": {"name": "Grace Hopper"}, "aliases": ["hopper-old"]}
    assert (await server.client.patch("/api/v1/users/hopper", json=change)).status_code == 202
    await server.settled()
    assert (await server.get("/users/hopper"))["traits"] == {"name": "Grace Hopper"}
    assert (await server.get("/sessions/t-2"))["user_name"] == "Grace Hopper"


async def test_an_id_is_no_alias_of_itself_and_nobody_unknown_is_changed(server):
    await speak(server, "turing", "s", 30)
    await server.settled()
    answer = await server.client.patch("/api/v1/users/turing", json={"aliases": ["turing"]})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "aliases")
    assert (await server.client.patch("/api/v1/users/turing", json={})).status_code == 400
    assert (await server.client.patch("/api/v1/users/nobody", json={"traits": {"a": 1}})).status_code == 404


async def ids(server, path: str, name: str = "session_id", **parameters) -> set[str]:
    return {item[name] for item in (await server.get(path, **parameters))["items"]}
