"""What could not be read or stored is counted and named."""

from baserun_server.ingest.dead_letters import keep_dead_letters
from baserun_server.ingest.log import Entry
from baserun_server.ingest.pipeline import DeadLetter
from baserun_server.model import Log
from baserun_server.store.touched import Touched

from .running import running_server


async def test_dead_letters_are_listed_newest_first_page_by_page_without_those_of_other_projects(server):
    path = server.app.state.settings.dead_letters
    ours, theirs = (Entry(project, 1, "traces", "application/x-protobuf", "", b"x") for project in ("default", "other"))
    assert await server.get("/dead-letters") == {"items": [], "total": {"value": 0, "exact": True}, "next_cursor": None}
    keep_dead_letters(path, [DeadLetter("1:0", "no protobuf", ours), DeadLetter("1:9", "no protobuf", theirs)], 1)
    keep_dead_letters(path, [DeadLetter("2:0", "a record does not match its checksum", b"\x00")], 2)

    first = await server.get("/dead-letters", limit=1)
    second = await server.get("/dead-letters", limit=1, cursor=first["next_cursor"])

    assert [(item["id"], item["kind"]) for item in first["items"] + second["items"]] == [
        ("2:0", "bytes"),
        ("1:0", "entry"),
    ]
    assert (first["total"]["value"], second["next_cursor"]) == (2, None)
    assert second["items"][0]["reason"] == "no protobuf"
    path.unlink()


async def test_a_line_that_is_no_letter_is_listed_as_one_that_cannot_be_read(server):
    path = server.app.state.settings.dead_letters
    keep_dead_letters(path, [DeadLetter("1:0", "no protobuf", Entry("default", 1, "traces", "", "", b"x"))], 1)
    with path.open("ab") as file:
        file.write(
            b'not json}\n{"id": 7, "record": {}}\n{}\n{"id":"a","at_us":"x","kind":"entry","reason":"r","record":[]}\n'
        )
    found = await server.get("/dead-letters", limit=200)
    assert [item["kind"] for item in found["items"]] == ["entry", "line", "line", "line", "line"]
    assert found["total"]["value"] == 5
    path.unlink()


async def test_a_letter_tells_a_project_nothing_that_another_one_sent(server):
    path = server.app.state.settings.dead_letters
    odd = Log(project_id="other", log_id="1", kind="log", name="", body={1: object()}, at_us=1, received_us=1)
    both = [Touched("default"), Touched("other")]
    keep_dead_letters(path, [DeadLetter("3:0", "ValueError: their words", odd)], 1)
    keep_dead_letters(path, [DeadLetter("3:1", "StoreRefused: their words", both)], 1)

    items = (await server.get("/dead-letters"))["items"]

    assert [(item["id"], item["reason"]) for item in items] == [("3:1", "StoreRefused")]
    path.unlink()


async def test_a_page_of_one_project_does_not_go_on_in_another(tmp_path):
    async with running_server(tmp_path, api_keys="alpha:key-a,beta:key-b") as server:
        letters = [DeadLetter(f"1:{n}", "a record does not match its checksum", b"") for n in range(2)]
        keep_dead_letters(server.app.state.settings.dead_letters, letters, 1)
        answers = []
        for key, cursor in (("key-a", {}), ("key-a", "next"), ("key-b", "next")):
            given = {"cursor": answers[0].json()["next_cursor"]} if cursor else {}
            headers = {"authorization": f"Bearer {key}"}
            answers.append(
                await server.client.get("/api/v1/dead-letters", params={"limit": 1, **given}, headers=headers)
            )
        assert [answer.status_code for answer in answers] == [200, 200, 400]
