"""A disk without room, a real one: a small file system that only the server sees."""

import shutil
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from server.tests.ingest.running import RunningServer
from server.tests.ingest.test_worker import a_request, check_totals

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
MAY_MOUNT = (
    shutil.which("unshare") is not None
    and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
)


@pytest.mark.skipif(not MAY_MOUNT, reason="needs the right to mount a file system of its own")
def test_a_full_disk_is_told_to_the_sender_and_loses_nothing(tmp_path: Path):
    log = tmp_path / "data" / "log"
    log.mkdir(parents=True)
    mount = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    with RunningServer(tmp_path / "data", within=[*NAMESPACE, "sh", "-c", mount, str(log)]) as server:
        ballast = Path(f"/proc/{server.pid}/root{log}/ballast")
        fill(ballast)

        # What the last page of the file has room for is still taken.
        sent = 0
        while (answer := send_once(server, a_request(sent, time.time_ns()))).status_code == 200:
            sent += 1
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert b"No space left" in answer.content

        ballast.unlink()
        for number in range(sent, sent + 2):
            assert server.post(a_request(number, time.time_ns())) == 200
        server.wait_stored()
        check_totals(server, sent + 2)


def send_once(server: RunningServer, body: bytes) -> httpx.Response:
    headers = {"content-type": "application/x-protobuf"}
    return server.http.post(f"{server.address}/v1/traces", content=body, headers=headers)


def fill(path: Path) -> None:
    """Write until there is no room for one byte more."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
