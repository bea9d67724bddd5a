"""Erasing a person through the API: counted first, done by the worker, proved by a receipt and by the data folder."""

import asyncio
import json
import time
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest
from server.tests.folders import files_in, read_all

from baserun_server.worker.places import NOTHING, PLACES

from .running import attribute, call, running_server, traces_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(60)]


async def speak(server, user: str | None, number: int, resource: dict | None = None, **more) -> None:
    at_ns = time.time_ns() - 10**9
    body = traces_of(call(0xE4A5E000 + number, at_ns=at_ns, user__id=user, **more), **(resource or {}))
    await server.send("traces", body)


async def tell(server, event: str, body: str = "", **attributes) -> None:
    record = {"eventName": event, "timeUnixNano": str(time.time_ns()), "body": {"stringValue": body}}
    record["attributes"] = [attribute(key.replace("__", "."), value) for key, value in attributes.items()]
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})


async def erase(server, user: str, **parameters) -> str:
    asked = await server.client.delete(f"/api/v1/users/{user}", params=parameters)
    assert asked.status_code == 202, asked.text
    return asked.json()["erasure_id"]


async def receipt(server, erasure_id: str, state: str) -> dict:
    found = {}
    for _ in range(1_200):
        found = await server.get(f"/erasures/{erasure_id}")
        if found["state"] == state:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(found)


def files_with(folder: Path, word: str) -> list[str]:
    """Files of a folder in whose bytes a word stands."""
    return [str(path.relative_to(folder)) for path, data in read_all(files_in(folder)) if word.encode() in data]


async def rows_with(folder: Path, word: str) -> list[str]:
    """Tables in which a word stands, also in rows that are deleted and still on the disk."""
    transport = httpx.AsyncHTTPTransport(uds=str(folder / "engine.sock"))
    async with httpx.AsyncClient(transport=transport, timeout=60) as engine:
        tables = "SELECT name FROM system.tables WHERE database = currentDatabase()"
        found = []
        for table in (await engine.post("http://engine/", content=tables)).text.split():
            text = f"SELECT count() FROM {table} WHERE position(toString(tuple(*)), '{word}') > 0"
            counted = await engine.post("http://engine/", params={"apply_deleted_mask": "0"}, content=text)
            found += [table] if int(counted.text) else []
        return found


async def until_gone(folder: Path, word: str) -> None:
    for _ in range(900):
        if not files_with(folder, word):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(files_with(folder, word))


async def test_a_person_is_counted_erased_and_kept_out(tmp_path):
    async with running_server(tmp_path) as server:
        await speak(server, "ada", 1, session__id="hers", said="my name is Ada")
        await speak(server, "ada", 2, session__id="theirs")
        await speak(server, "grace", 3, session__id="theirs")
        await server.settled()
        dry = await server.client.delete("/api/v1/users/ada", params={"dry_run": "true"})
        assert dry.status_code == 200
        found = dry.json()
        assert (found["user_ids"], found["claimed_ids"], found["erasure_id"]) == (["ada"], [], None)
        counts = found["counts"]
        assert (counts["spans"], counts["traces"], counts["sessions"], counts["shared_sessions"]) == (2, 2, 1, 1)
        assert (await server.get("/users/ada"))["traces"] == 2

        done = await receipt(server, await erase(server, "ada"), "purged")
        assert "'ada'" not in repr(done)
        parts = {part["part"].split()[0]: part["counts"] for part in done["parts"]}
        assert parts["tables"] == counts
        assert parts["log"] == {"records": 2}
        await server.refusal("/users/ada", 404)
        await server.refusal("/sessions/hers", 404)
        assert (await server.get("/sessions/theirs"))["traces"] == 1
        assert not list((tmp_path / "erasures").glob("*"))

        await speak(server, "ada", 4, session__id="later", said="I am back")
        await server.settled()
        await server.refusal("/users/ada", 404)
        assert (await receipt(server, done["erasure_id"], "purged"))["refused"] == {"spans": 1}
        await until_gone(tmp_path, "I am back")
        lifted = await server.client.delete(f"/api/v1/erasures/{done['erasure_id']}")
        assert lifted.json()["is_lifted"]
        await speak(server, "ada", 5, session__id="again")
        await server.settled()
        assert (await server.get("/users/ada"))["traces"] == 1
        assert [one["erasure_id"] for one in (await server.get("/erasures"))["items"]] == [done["erasure_id"]]


async def test_when_purged_is_said_nothing_of_the_person_is_in_the_data_folder(tmp_path):
    words = {f"word-{number}-of-ada" for number in range(12)}
    id_, session, alias, *rest = sorted(words)
    w = iter(rest)
    async with running_server(tmp_path) as server:
        await speak(server, id_, 1, session__id=session, said=next(w), answer=next(w))
        await speak(server, id_, 2, session__id="shared", said=next(w))
        await speak(server, "bob", 3, session__id="shared", said="a word of bob")
        await speak(server, None, 4, resource={"user.id": id_}, said=next(w))
        await speak(server, None, 5, metadata=json.dumps({"user_id": id_}), said=next(w))
        await speak(server, None, 6, llm__invocation_parameters=json.dumps({"user": id_}), said=next(w))
        await tell(server, "plain", next(w), session__id=session)
        await tell(
            server, "baserun.user.identify", user__id=id_, baserun__trait__email=next(w), baserun__user__alias=alias
        )
        await server.client.post("/api/v1/scores", json={"name": "n", "label": "x", "user_id": id_, "comment": next(w)})
        await server.settled()
        letter = {"id": "0:0", "reason": "strange", "kind": "span", "record": {"project_id": "default", "user_id": id_}}
        (tmp_path / "dead-letters.jsonl").write_text(json.dumps(letter) + "\n")
        (tmp_path / "dead-letters.old").write_text(f"no letter, of {id_}\n")
        assert [word for word in words if not files_with(tmp_path, word)] == []

        await receipt(server, await erase(server, id_), "purged")
        for word in words:
            assert files_with(tmp_path, word) == []
            assert await rows_with(tmp_path, word) == []
        assert files_with(tmp_path / "log", "a word of bob") != []
        assert (await server.get("/sessions/shared"))["traces"] == 1


async def test_every_file_of_a_data_folder_has_a_row_in_the_table_of_places(tmp_path):
    async with running_server(tmp_path) as server:
        await speak(server, "ada", 1)
        await server.settled()
        (tmp_path / "dead-letters.jsonl").write_text("strange\n")
        await receipt(server, await erase(server, "ada"), "purged")
        found = {str(path.relative_to(tmp_path)) for path in files_in(tmp_path)}
    patterns = [pattern for place in PLACES for pattern in (place.path, f"{place.path}/*")]
    assert [path for path in sorted(found) if not any(fnmatch(path, pattern) for pattern in patterns)] == []
    assert all(place.verified or place.cleaned == NOTHING for place in PLACES)


async def test_a_request_or_a_state_that_cannot_be_read_stops_no_other_erasure(tmp_path):
    async with running_server(tmp_path) as server:
        (tmp_path / "erasures").mkdir(exist_ok=True)
        (tmp_path / "erasures" / "0.json").write_bytes(b'{"project_id": "default", "erasure_id": 7')
        (tmp_path / "erasures" / "1.json").write_bytes(b"\xff" * 100)
        await speak(server, "ada", 1)
        await speak(server, "bob", 2)
        await server.settled()
        await receipt(server, await erase(server, "ada"), "purged")
        await speak(server, "bob", 3)
        await server.settled()
        assert (await server.get("/users/bob"))["traces"] == 2
    (tmp_path / "log" / "erased.json").write_bytes(b"not JSON")
    async with running_server(tmp_path) as server:
        await receipt(server, await erase(server, "bob"), "purged")


async def test_who_only_sends_cannot_have_somebody_else_erased(server):
    await speak(server, "victim", 101, session__id="victims")
    await speak(server, "mallory", 102)
    await tell(server, "baserun.user.identify", user__id="mallory", baserun__user__alias="victim")
    # A sender cannot pretend to be the API either.
    record = {"eventName": "baserun.user.identify", "attributes": [attribute("user.id", "mallory")]}
    record["attributes"] += [attribute("baserun.user.alias", "victim"), attribute("baserun.user.confirmed", True)]
    scope = {"scope": {"name": "baserun.api"}, "logRecords": [record]}
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [scope]}]})
    await server.settled()

    found = (await server.client.delete("/api/v1/users/mallory", params={"dry_run": "true"})).json()
    assert (found["user_ids"], found["claimed_ids"]) == (["mallory"], ["victim"])
    asked = await server.client.delete("/api/v1/users/mallory")
    assert (asked.status_code, asked.json()["error"]["field"]) == (409, "include_aliases")
    assert "victim" not in asked.text
    await receipt(server, await erase(server, "mallory", include_aliases="false"), "erased")
    await speak(server, "victim", 103, session__id="victims")
    await server.settled()
    assert (await server.get("/users/victim"))["traces"] == 2
    assert (await server.get("/sessions/victims"))["traces"] == 2


async def test_an_id_that_was_claimed_before_anything_came_under_it_is_not_kept_out(server):
    await speak(server, "eager", 111)
    await tell(server, "baserun.user.identify", user__id="eager", baserun__user__alias="not-here-yet")
    await server.settled()
    await receipt(server, await erase(server, "eager"), "erased")
    await speak(server, "not-here-yet", 112)
    await server.settled()
    assert (await server.get("/users/not-here-yet"))["traces"] == 1


@pytest.mark.parametrize("how", ["linked through the API", "claimed and confirmed", "claimed and included"])
async def test_what_a_person_did_before_signing_in_goes_with_them(server, how):
    word = how.replace(" ", "-")
    known, anonymous = f"known-{word}", f"anonymous-{word}"
    number = 120 + 3 * len(word)
    await speak(server, anonymous, number)
    await speak(server, known, number + 1)
    if how != "linked through the API":
        await tell(server, "baserun.user.identify", user__id=known, baserun__user__alias=anonymous)
    await server.settled()
    if how != "claimed and included":
        change = await server.client.patch(f"/api/v1/users/{known}", json={"aliases": [anonymous]})
        assert change.status_code == 202, change.text
        await server.settled()
    included = {"include_aliases": "true"} if how == "claimed and included" else {}
    found = (await server.client.delete(f"/api/v1/users/{known}", params={"dry_run": "true", **included})).json()
    assert (found["user_ids"], found["claimed_ids"]) == ([anonymous, known], [])
    await receipt(server, await erase(server, known, **included), "erased")
    await server.refusal(f"/users/{anonymous}", 404)
    await speak(server, anonymous, number + 2)
    await server.settled()
    await server.refusal(f"/users/{anonymous}", 404)


async def test_nobody_unknown_is_erased(server):
    answer = await server.client.delete("/api/v1/users/nobody-at-all", params={"dry_run": "true"})
    assert answer.status_code == 404
    assert (await server.client.delete("/api/v1/erasures/none")).status_code == 404
