"""A disk without room, a real one: a small file system that only the server sees."""

import shutil
import subprocess
import time
from pathlib import Path

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
        assert server.post(a_request(0, time.time_ns())) == 200
        fill(ballast)

        refused = server.http.post(
            f"{server.address}/v1/traces",
            content=a_request(1, time.time_ns()),
            headers={"content-type": "application/x-protobuf"},
        )
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        assert b"No space left" in refused.content

        ballast.unlink()
        for number in (1, 2):
            assert server.post(a_request(number, time.time_ns())) == 200
        server.wait_stored()
        check_totals(server, 3)


def fill(path: Path) -> None:
    """Write until there is no room for one byte more."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
