"""The suites of the npm workspaces, run as they are: `npm test` (vitest); `npm run check` is in `tasks/checks.py`."""

import subprocess
import sys

import pytest
from tasks import ROOT
from tasks.node import build_ui, install_workspaces, npm


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "workspace",
    [
        pytest.param("sdk/typescript", marks=pytest.mark.slow(40)),
        pytest.param("ui", marks=pytest.mark.slow(5)),
    ],
)
def test_the_workspace_passes_its_own_suite(workspace: str):
    install_workspaces()
    command = [*npm(), "run", "test", "--workspace", workspace]
    # The suites start the fake provider with this interpreter.
    environment = {**build_ui.environment(npm()), "BASERUN_TEST_PYTHON": sys.executable, "CI": "1", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-10000:]}{done.stderr[-4000:]}"
