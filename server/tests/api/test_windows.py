"""The numbers of a window: what began in it, also where it cuts days, sessions shared by users, and judgements."""

import time

import pytest
import pytest_asyncio

from .running import call, span, traces_of
from .test_lists import iso

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR_US = 3_600 * 10**6
# (session, user, hours ago, calls): one session of two users, one of one user, and traces without a session. The old
# is of another day than the new whatever the hour is now: of a day only the first and the last activity are known.
SENT = [
    ("wd-shared", "wd-ann", 30, 1),
    ("wd-shared", "wd-ben", 5, 2),
    ("wd-shared", "wd-ann", 4, 3),
    ("wd-shared", "wd-ben", 1, 4),
    ("wd-own", "wd-ann", 28, 5),
    ("wd-own", "wd-ann", 3, 6),
    (None, "wd-ben", 29, 7),
    (None, "wd-ben", 2, 8),
    ("wd-gap", "wd-gus", 80, 9),
    ("wd-gap", "wd-gus", 1, 10),
]
WINDOWS = [(6, 0), (4.5, 1.5), (31, 3.5), (28.5, 27.5), (48, 0), (3.5, 2.5)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def now_us(server) -> int:
    now_us = time.time_ns() // 1_000
    spans = [
        call(
            0x3D000 + number,
            at_ns=(now_us - int(hours * HOUR_US)) * 1_000 + n,
            lasts_ms=1_000,
            session__id=session,
            user__id=user,
        )
        for number, (session, user, hours, calls) in enumerate(SENT)
        for n in range(calls)
    ]
    await server.send("traces", traces_of(*spans))
    await server.settled()
    for label, judged in (("up", {"session_id": "wd-shared"}), ("down", {"user_id": "wd-ben"})):
        score = {"name": "thumb", "label": label, **judged}
        assert (await server.client.post("/api/v1/scores", json=score)).status_code == 202
    await server.settled()
    return now_us


@pytest.mark.parametrize(("since", "until"), WINDOWS, ids=str)
async def test_the_part_of_a_user_and_of_a_session_is_what_began_in_the_window(server, now_us, since, until):
    end_us = now_us - int(until * HOUR_US) if until else now_us + HOUR_US
    window = {"from": iso(now_us - int(since * HOUR_US)), "to": iso(end_us)}
    inside = [one for one in SENT if until <= one[2] <= since]
    for list_, id_name, place in (("users", "user_id", 1), ("sessions", "session_id", 0)):
        found = await server.get(f"/{list_}", filter=f"{id_name}:wd-*", **window)
        parts = {item[id_name]: item["window"] for item in found["items"]}
        for id_ in {one[place] for one in SENT} - {None}:
            mine = [one for one in inside if one[place] == id_]
            if mine:
                assert (parts[id_]["traces"], parts[id_]["llm_calls"]) == (len(mine), sum(one[3] for one in mine)), id_
            elif id_ in parts:
                assert parts[id_]["traces"] == 0


async def test_judgements_of_sessions_and_users_count_in_the_window_in_which_they_were_given(server, now_us):
    now = {"from": iso(now_us - 6 * HOUR_US), "to": iso(now_us + HOUR_US)}
    before = {"from": iso(now_us - 6 * HOUR_US), "to": iso(now_us - HOUR_US // 2)}
    for window, given in ((now, 1), (before, 0)):
        users = {
            u["user_id"]: u["window"] for u in (await server.get("/users", filter="user_id:wd-*", **window))["items"]
        }
        assert users["wd-ann"]["feedback_up"] == given  # the session's own user is that of its first trace
        assert users["wd-ben"]["feedback_up"] == 0
        assert users["wd-ben"]["feedback_down"] == given
        sessions = (await server.get("/sessions", filter="session_id:wd-shared", **window))["items"]
        assert sessions[0]["window"]["feedback_up"] == given


async def test_who_was_active_before_and_after_a_window_is_not_in_it(server, now_us):
    window = {"from": iso(now_us - 55 * HOUR_US), "to": iso(now_us - 54 * HOUR_US)}
    for list_, id_name in (("users", "user_id"), ("sessions", "session_id")):
        found = await server.get(f"/{list_}", filter=f"{id_name}:wd-*", include="total", **window)
        assert (found["items"], found["total"]["value"]) == ([], 0)


async def test_what_began_before_a_window_and_lasts_until_it_is_in_it(server, now_us):
    lasting = {"session__id": "we-long", "user__id": "we-lou"}
    day = span(0x3E000, at_ns=(now_us - 80 * HOUR_US) * 1_000, lasts_ms=27 * 3_600_000, **lasting)
    later = span(0x3E001, at_ns=(now_us - HOUR_US) * 1_000, lasts_ms=1_000, **lasting)
    await server.send("traces", traces_of(day, later))
    await server.settled()
    for since, until, is_there in ((55, 54, True), (52, 51, False)):
        window = {"from": iso(now_us - since * HOUR_US), "to": iso(now_us - until * HOUR_US)}
        for list_, id_name, id_ in (("users", "user_id", "we-lou"), ("sessions", "session_id", "we-long")):
            found = await server.get(f"/{list_}", filter=f"{id_name}:we-*", include="total", **window)
            assert [(item[id_name], item["window"]["traces"]) for item in found["items"]] == [(id_, 0)] * is_there
            assert found["total"]["value"] == is_there


async def test_a_long_session_is_read_in_parts_and_shows_every_turn_once(server):
    """Above 2,000 turns only the days of the page are read, and the strip has buckets that begin with each day."""
    per_day = (700, 1, 1_200, 300)
    midnight_us = time.time_ns() // 1_000 // (24 * HOUR_US) * (24 * HOUR_US)
    days = [midnight_us - (len(per_day) - day) * 24 * HOUR_US for day in range(len(per_day))]
    starts = [day_us + (n + 1) * 10**6 for day_us, count in zip(days, per_day, strict=True) for n in range(count)]
    made = [
        span(0x10A6000 + n, at_ns=at_us * 1_000, lasts_ms=500, session__id="long", user__id=f"long-{n % 2}")
        for n, at_us in enumerate(starts)
    ]
    for begin in range(0, len(made), 500):
        await server.send("traces", traces_of(*made[begin : begin + 500]))
    await server.settled()

    async def page(**where) -> dict:
        return await server.get("/sessions/long/turns", limit=50, **where)

    first, numbers = await page(), []
    for around in (1, 690, 701, 702, 1_900, 2_201):
        shown = [turn["n"] for turn in (await page(around=around))["items"]]
        assert around in shown
        assert shown == list(range(shown[0], shown[-1] + 1))
        numbers += shown
    assert first["total"]["value"] == sum(per_day)
    following = await page(cursor=(await page(around=690))["next_cursor"])
    assert following["items"][0]["n"] == 715
    assert [turn["n"] for turn in (await page(cursor=following["previous_cursor"]))["items"]][-1] == 714

    head = await server.get("/sessions/long")
    marks = head["strip"]
    assert [mark["n"] for mark in marks] == [1 + sum(m["turns"] for m in marks[:i]) for i in range(len(marks))]
    assert sum(mark["turns"] for mark in marks) == sum(per_day)
    assert {1, 701, 702, 1_902} <= {mark["n"] for mark in marks}

    late = span(0x10A7000, at_ns=starts[5] * 1_000 + 7, lasts_ms=500, error="late", session__id="long")
    await server.send("traces", traces_of(late))
    await server.settled()
    again = (await server.get("/sessions/long"))["strip"]
    assert sum(mark["turns"] for mark in again) == sum(per_day) + 1
    assert [mark["errors"] for mark in again if mark["errors"]] == [1]
