"""The pages of a real server, looked at by a real browser (`pages.browser.ts`); here is what starts both.

The browser is the one that npm installs (Linux on x64), elsewhere the one that `BASERUN_TEST_CHROMIUM` names.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from bench.server import Server
from tasks import ROOT
from tasks.node import build_pages, build_ui, install_workspaces, npm

HAS_BROWSER = "BASERUN_TEST_CHROMIUM" in os.environ or (sys.platform == "linux" and platform.machine() == "x86_64")


@pytest.mark.browser
@pytest.mark.slow(90)
@pytest.mark.timeout(900)
@pytest.mark.skipif(
    not HAS_BROWSER and "CI" not in os.environ, reason="no browser: set BASERUN_TEST_CHROMIUM to an installed one"
)
def test_a_browser_can_use_every_page(tmp_path: Path):
    install_workspaces()
    build_pages()
    with Server(tmp_path / "data") as server:
        environment = {
            **build_ui.environment(npm()),
            "BASERUN_BROWSER_TEST_URL": f"http://127.0.0.1:{server.port}",
            "CI": "1",
            "NO_COLOR": "1",
        }
        command = [*npm(), "run", "browse", "--workspace", "tests/browser"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-12000:]}{done.stderr[-4000:]}"
