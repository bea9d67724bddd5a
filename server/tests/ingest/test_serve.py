"""The command `serve`, as a person meets it."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from server.tests.ingest.running import RunningServer, alive

pytestmark = pytest.mark.slow(32)

SERVE = [sys.executable, "-m", "baserun_server", "serve"]


def run(*options, **environment):
    return subprocess.run(
        [*SERVE, *map(str, options)],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


def test_a_second_server_on_the_same_folder_says_so_in_one_sentence(server):
    ended = run("--data", server.data, "--port", 0)

    assert ended.returncode == 2
    first, hint = ended.stderr.strip().split("\n\n")
    assert first == f"error: the data folder `{server.data}` is in use by the server with process id `{server.pid}`"
    assert hint.startswith("hint: ")
    assert server.get("/healthz")["status"] == "ok", "the first one goes on"


def test_a_port_in_use_is_told_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run("--data", tmp_path, "--port", port)

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: port `{port}` on `127.0.0.1` is in use by another program\n\nhint: ")


def test_an_open_address_needs_keys(tmp_path):
    ended = run("--data", tmp_path, "--host", "0.0.0.0", "--port", 0, BASERUN_API_KEYS="")

    assert ended.returncode == 2
    assert "there are no keys" in ended.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    ended = run("--data", tmp_path / "file" / "data", "--port", 0)

    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr


def test_help_teaches(tmp_path):
    ended = run("--help", COLUMNS="100")

    assert ended.returncode == 0
    assert "Examples" in ended.stdout


@pytest.mark.parametrize("name", ["worker", "store.engine"])
def test_a_process_that_ends_is_started_again(server, name):
    before = server.child(f"baserun_server.{name}")
    os.kill(before, signal.SIGKILL)

    deadline = time.monotonic() + 20
    while (after := server.child(f"baserun_server.{name}")) in (None, before):
        assert time.monotonic() < deadline
        time.sleep(0.05)

    server.wait_stored()
    assert alive(after)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_asked_to_stop_ends_cleanly_with_all_its_processes(tmp_path, number):
    server = RunningServer(tmp_path / "data")
    server.start()
    pids = [server.child("worker"), server.child("engine")]

    code = server.stop(number)

    assert code in (0, -number)
    assert [pid for pid in pids if alive(pid)] == []
    assert "Traceback" not in (tmp_path / "errors.txt").read_text()


def test_no_process_outlives_a_server_that_was_killed(tmp_path):
    server = RunningServer(tmp_path / "data")
    server.start()
    pids = [server.child("worker"), server.child("engine")]

    server.kill_all()

    deadline = time.monotonic() + 20
    while any(map(alive, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
