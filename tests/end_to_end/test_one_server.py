"""Two servers do not share a folder or a port: the second one says so in one sentence, and exits with 2."""

import subprocess
import sys
from pathlib import Path

from bench.server import Server


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "baserun_server", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_second_server_on_the_same_folder_says_so(server: Server):
    second = serve("--port", "0", "--data", str(server.data))
    assert second.returncode == 2
    assert second.stderr.startswith("error: ")
    assert str(server.data) in second.stderr
    assert "\n\nhint: " in second.stderr
    assert server.get("/healthz")


def test_a_port_that_is_in_use_is_named(server: Server, tmp_path: Path):
    second = serve("--port", str(server.port), "--data", str(tmp_path))
    assert second.returncode == 2
    assert f"port `{server.port}`" in second.stderr
    assert "\n\nhint: " in second.stderr
