"""Erasing a person through the API: counted first, done by the worker, proved by a receipt."""

import asyncio
import time

import pytest

from .running import call, running_server, traces_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def speak(server, user: str, number: int, **more) -> None:
    at_ns = time.time_ns() - 10**9
    await server.send("traces", traces_of(call(0xE4A5E000 + number, at_ns=at_ns, user__id=user, **more)))


async def receipt(server, erasure_id: str, state: str, part: str = "") -> dict:
    for _ in range(600):
        found = await server.get(f"/erasures/{erasure_id}")
        if found["state"] == state and any(one["part"].startswith(part) for one in found["parts"]):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_a_person_is_counted_erased_and_kept_out(tmp_path):
    async with running_server(tmp_path) as server:
        await speak(server, "ada", 1, session__id="hers", said="my name is Ada")
        await speak(server, "ada", 2, session__id="theirs")
        await speak(server, "grace", 3, session__id="theirs")
        await server.settled()
        dry = await server.client.delete("/api/v1/users/ada", params={"dry_run": "true"})
        assert dry.status_code == 200
        found = dry.json()
        assert (found["user_ids"], found["erasure_id"]) == (["ada"], None)
        counts = found["counts"]
        assert (counts["spans"], counts["traces"], counts["sessions"], counts["shared_sessions"]) == (2, 2, 1, 1)
        assert (await server.get("/users/ada"))["traces"] == 2

        asked = await server.client.delete("/api/v1/users/ada")
        assert asked.status_code == 202
        done = await receipt(server, asked.json()["erasure_id"], "purged", "log ")
        assert "ada" not in repr(done)
        parts = {part["part"].split()[0]: part["counts"] for part in done["parts"]}
        assert parts["tables"] == counts
        assert parts["log"] == {"records": 2}
        await server.refusal("/users/ada", 404)
        await server.refusal("/sessions/hers", 404)
        assert (await server.get("/sessions/theirs"))["traces"] == 1
        assert b"my name is Ada" not in b"".join(path.read_bytes() for path in (tmp_path / "log").glob("*.log"))
        assert not list((tmp_path / "erasures").glob("*"))

        await speak(server, "ada", 4, session__id="later")
        await server.settled()
        await server.refusal("/users/ada", 404)
        assert (await receipt(server, done["erasure_id"], "purged"))["refused"] == {"spans": 1}
        lifted = await server.client.delete(f"/api/v1/erasures/{done['erasure_id']}")
        assert lifted.json()["is_lifted"]
        await speak(server, "ada", 5, session__id="again")
        await server.settled()
        assert (await server.get("/users/ada"))["traces"] == 1
        assert [one["erasure_id"] for one in (await server.get("/erasures"))["items"]] == [done["erasure_id"]]


async def test_nobody_unknown_is_erased(server):
    answer = await server.client.delete("/api/v1/users/nobody-at-all", params={"dry_run": "true"})
    assert answer.status_code == 404
    assert (await server.client.delete("/api/v1/erasures/none")).status_code == 404
