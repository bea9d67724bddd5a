"""The command `serve`, as a person meets it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from server.tests.ingest.running import RunningServer, alive

pytestmark = pytest.mark.slow(32)

SERVE = [sys.executable, "-m", "baserun_server", "serve"]
ROOT = Path(__file__).parents[3]
TRACE_ID = "ab" * 16
A_TRACE = b"""{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "%s", "spanId": "%s", "name": "kept",
    "startTimeUnixNano": "%d", "endTimeUnixNano": "%d"}]}]}]}""" % (
    TRACE_ID.encode(),
    b"cd" * 8,
    time.time_ns() - 1_000,
    time.time_ns(),
)
HALF_A_BODY = (
    b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)


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


def test_a_server_stops_in_order_with_a_body_under_way_and_keeps_what_it_acknowledged(tmp_path):
    server = RunningServer(tmp_path / "data")
    server.start()
    assert server.post(A_TRACE, content_type="application/json") == 200
    pids = [server.child("worker"), server.child("engine")]
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(HALF_A_BODY)
        code = server.stop(signal.SIGTERM)

    assert code == 0
    assert [pid for pid in pids if alive(pid)] == []
    assert "Traceback" not in (tmp_path / "errors.txt").read_text()
    with server:
        server.wait_stored()
        assert server.get("/api/v1/traces")["items"][0]["trace_id"] == TRACE_ID


@pytest.mark.parametrize("name", ["worker", "store.engine"])
def test_a_process_that_is_too_busy_to_stop_is_killed(tmp_path, name):
    server = RunningServer(tmp_path / "data")
    server.start()
    pids = [server.child("worker"), server.child("engine")]
    os.kill(server.child(f"baserun_server.{name}"), signal.SIGSTOP)

    code = server.stop(signal.SIGTERM)

    assert code == 0
    assert [pid for pid in pids if alive(pid)] == []
    said = (tmp_path / "errors.txt").read_text()
    assert "was busy and was killed; nothing is lost by that" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=str)
def test_the_server_of_a_checkout_ends_with_the_command_that_started_it(tmp_path, number):
    command = [sys.executable, "-m", "tasks", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    wrapper = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert wrapper.stdout is not None
    while "is ready" not in wrapper.stdout.readline():
        assert wrapper.poll() is None
    pid = int(subprocess.run(["pgrep", "-P", str(wrapper.pid)], capture_output=True, text=True, check=True).stdout)

    wrapper.send_signal(number)
    code = wrapper.wait(30)

    deadline = time.monotonic() + 30
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert code == (0 if number != signal.SIGKILL else -signal.SIGKILL)


def test_a_setting_that_cannot_be_used_is_told_in_our_form_without_its_value(tmp_path):
    ended = run("--data", tmp_path, "--port", 0, BASERUN_LOG_DURABILITY="sk-secret", BASERUN_API_KEYS="k-secret")

    assert ended.returncode == 2
    assert ended.stderr.startswith("error: the setting `BASERUN_LOG_DURABILITY` cannot be used: ")
    assert "\n\nhint: " in ended.stderr
    assert "secret" not in ended.stderr


@pytest.mark.parametrize("text", [",", " ", ":", "acme:", "k,k", "k,"], ids=repr)
def test_keys_that_keep_nobody_out_stop_the_start(tmp_path, text):
    ended = run("--data", tmp_path, "--port", 0, BASERUN_API_KEYS=text)

    assert ended.returncode == 2
    assert ended.stderr.startswith("error: key")
    assert "secrets.token_urlsafe(32)" in ended.stderr
    assert not (tmp_path / "log").exists()
