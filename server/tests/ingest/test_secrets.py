"""Secrets stay with the process that needs them: not in what other processes can read of the children."""

import asyncio
import os
import sys
from pathlib import Path

import httpx
import pytest
from server.tests.ingest.running import RunningServer

from baserun_server.processes.supervisor import NEEDED_BY, Supervisor, environment_of, secrets_of
from baserun_server.settings import Settings

pytestmark = pytest.mark.slow(8)

KEY = "k3y-of-the-shop-0123456789abcdef"
PASSWORD = "passw0rd-of-the-store"
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def told(pid: int) -> str:
    """What the system tells of a process: its environment and its arguments."""
    return "".join(
        Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace") for name in ("environ", "cmdline")
    )


@linux
def test_no_child_can_be_asked_for_a_key_and_no_line_of_the_log_holds_one(tmp_path):
    with RunningServer(tmp_path / "data", BASERUN_API_KEYS=f"shop:{KEY}", BASERUN_USER_HASH_KEY=KEY) as server:
        children = [server.child("baserun_server.worker"), server.child("baserun_server.store.engine")]
        for pid in children:
            assert pid is not None
            assert "baserun_server" in told(pid)
            assert KEY not in told(pid)
        wrong = server.http.get(server.address + "/api/v1/me", headers={"x-api-key": KEY[:-1] + "x"})
        right = server.http.get(server.address + "/api/v1/me", headers={"x-api-key": KEY})
        assert (wrong.status_code, right.status_code) == (401, 200)
        assert KEY[:-1] not in wrong.text
        assert right.json()["project"] == "shop"
    assert KEY[:-1] not in (tmp_path / "errors.txt").read_text()


@linux
async def test_the_worker_gets_the_password_of_the_store_by_a_pipe(tmp_path, monkeypatch):
    """The worker signs in to a store of ours with it, and yet nobody finds it in its environment or arguments."""
    monkeypatch.setenv("BASERUN_STORE_URL", f"clickhouse://u:{PASSWORD}-of-another@127.0.0.1:1/d")
    signed_in: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def store(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if not signed_in.done():
            signed_in.set_result(head)
        writer.close()

    listening = await asyncio.start_server(store, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    url = f"clickhouse://u:{PASSWORD}@127.0.0.1:{port}/d"
    supervisor = Supervisor(Settings(data_dir=tmp_path, store_url=url))  # pyright: ignore[reportArgumentType]
    await supervisor.start()
    try:
        head = await asyncio.wait_for(signed_in, 30)
        pid = supervisor.pids()["worker"]
        assert pid is not None
        assert PASSWORD not in told(pid)
    finally:
        await supervisor.stop()
        listening.close()
    assert f"x-clickhouse-key: {PASSWORD}\r\n".encode() in head


def test_every_setting_says_which_process_needs_it():
    assert NEEDED_BY.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("name", NEEDED_BY)
def test_a_process_gets_only_the_settings_that_it_needs(monkeypatch, name):
    monkeypatch.setenv("BASERUN_SOMETHING_ELSE", "of others")
    settings = Settings()

    for child in ("engine", "worker"):
        got = environment_of(settings, child).keys() | {
            f"BASERUN_{name.upper()}" for name in secrets_of(settings, child)
        }
        ours = {variable for variable in got if variable.startswith("BASERUN_")}
        assert (f"BASERUN_{name.upper()}" in ours) == (child in NEEDED_BY[name] and getattr(settings, name) is not None)
        assert "BASERUN_SOMETHING_ELSE" not in ours
        assert environment_of(settings, child)["PATH"] == os.environ["PATH"]


@linux
def test_wrong_keys_are_slowed_down_at_every_door_together_and_right_ones_at_none(tmp_path):
    with RunningServer(tmp_path / "data", BASERUN_API_KEYS=f"shop:{KEY}") as server:
        client = httpx.Client(base_url=server.address, trust_env=False)
        otlp = {"content-type": "application/json"}
        doors = [
            lambda key: client.get("/api/v1/me", headers={"x-api-key": key}),
            lambda key: client.post("/v1/traces", content=b"{}", headers={**otlp, "authorization": f"Bearer {key}"}),
            lambda key: client.post("/any/v1/logs", content=b"{}", headers={**otlp, "api-key": key}),
        ]
        answers = [doors[number % 3](f"guess-{number}") for number in range(15)]

        assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 5
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers[10:])
        assert [door(KEY).status_code for door in doors] == [200] * 3
