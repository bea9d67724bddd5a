"""Every shell example of the guides and READMEs runs: line by line, in a folder of its own, beside a running server.

Those in Python and TypeScript have tests of their own: `test_docs.py` and `docs.test.ts` of the SDKs.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.server import Server
from tasks import ROOT

import baserun

pytestmark = [pytest.mark.slow(60), pytest.mark.timeout(300)]

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "sdk").glob("*/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
NOT_RUN = {
    "git clone ": "there is no address of the repository to clone from",
    "./dev demo": "`tests/examples` plays the same demo, and `./dev demo --check` compares it",
    "./dev test": "that is what is running",
    "./dev check": "its checks are tests of their own (`tests/repository/test_sources.py`)",
    "./dev fix": "it would change the sources",
    "./dev docs": "`tests/repository/test_site.py` builds the same site",
    "./dev bench": "a measurement is no test",
    "./dev build": "`tests/packaging` builds with it",
    "pip install dist/": "`tests/packaging` installs both wheels into an empty environment",
    "clickhouse://user:password@host": "there is no ClickHouse server; `tests` marked `cluster` run on one",
    "npm install ": "`tests/packaging` packs what it installs",
    "node --import baserun/register app.js": "there is no `app.js`; `processes.test.ts` of the SDK runs one like this",
}
"""Lines that cannot run here, by what they contain, each with the reason."""
READY_SECONDS = 60


def lines_of(page: Path) -> list[list[str]]:
    """The shell examples of a page, each as its lines; the API's reference was recorded from a running server."""
    if "reference" in page.parts:
        return []
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [[line for line in block.splitlines() if line.strip() and not line.startswith("#")] for block in blocks]


EXAMPLES = [
    pytest.param(lines, id=f"{page.relative_to(ROOT)} {number}")
    for page in PAGES
    for number, lines in enumerate(lines_of(page), 1)
    if not all(any(part in line for part in NOT_RUN) for line in lines)
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows two people; a copy of its folder, made while it was stopped, lies beside it."""
    folder = tmp_path_factory.mktemp("served")
    with Server(folder / "data") as server:
        baserun.init(url=f"http://127.0.0.1:{server.port}", instrument=False)
        # Two, because one example erases Ada, and another assigns the session.
        for user, session in (("hash-of-ada", "chat-1"), ("hash-of-grace", "chat-7")):
            with baserun.with_session(user_identifier=user, session_identifier=session), baserun.start_trace("answer"):
                pass
        assert baserun.shutdown(10)
        server.wait_stored(20)
        server.stop()
        shutil.copytree(folder / "data", folder / "copy", symlinks=True)
        server.start()
        yield server


@pytest.fixture
def environment(server: Server, tmp_path: Path) -> dict[str, str]:
    """What a person has set: our programs on the PATH, the address of the server, a free port; curl fails on errors."""
    (tmp_path / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    shutil.copytree(server.data.with_name("copy"), tmp_path / "var" / "lib" / "baserun", symlinks=True)
    (tmp_path / "backups").mkdir()
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CURL_HOME": str(tmp_path),
        "BASERUN_URL": f"http://127.0.0.1:{server.port}",
        "BASERUN_PORT": "0",
        "BASERUN_GRPC_PORT": "off",
        "BASERUN_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.mark.parametrize("lines", EXAMPLES)
def test_a_shell_example_runs(lines: list[str], environment: dict[str, str], tmp_path: Path):
    for line in lines:
        if any(part in line for part in NOT_RUN):
            continue
        line = re.sub(r"(?<![\w.])/(?=backups/|var/lib/|tmp/)", f"{tmp_path}/", line)
        if re.search(r"\bserve\b", line):
            serve_until_ready(line, environment, tmp_path)
            continue
        command = ["sh", "-c", line]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def serve_until_ready(line: str, environment: dict[str, str], folder: Path) -> None:
    """Run a server until it says that it is ready, and stop it as Ctrl-C does."""
    process = subprocess.Popen(
        ["sh", "-c", f"exec env {line}"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(READY_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_every_reason_for_not_running_a_line_is_needed():
    lines = [line for page in PAGES for block in lines_of(page) for line in block]
    assert [part for part in NOT_RUN if not any(part in line for line in lines)] == []
