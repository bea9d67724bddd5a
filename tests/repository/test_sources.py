"""Every source is formatted, clean and well typed, in every language: the checks of `./dev check`, as tests."""

import os
import shutil
import subprocess
import sys

import pytest
from tasks import ROOT
from tasks.node import build_ui, install_workspaces, npm


def succeeds(*command: str, **environment: str) -> None:
    variables = os.environ | environment
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-8000:]}{done.stderr[-4000:]}"


def test_python_is_formatted():
    succeeds(sys.executable, "-m", "ruff", "format", "--check", "--quiet", ".")


def test_python_has_no_lint():
    succeeds(sys.executable, "-m", "ruff", "check", "--quiet", ".")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_python_is_well_typed():
    succeeds(sys.executable, "-m", "pyright")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("workspace", ["sdk/typescript", "ui", "tests/browser"])
def test_typescript_is_well_typed_and_has_no_lint(workspace: str):
    install_workspaces()
    path = build_ui.environment(npm())["PATH"]
    succeeds(*npm(), "run", "check", "--workspace", workspace, PATH=path, CI="1", NO_COLOR="1")


def test_the_python_lock_file_belongs_to_the_projects():
    uv = os.environ.get("DEV_UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the PATH; ./dev brings it along")
    succeeds(uv, "lock", "--check", "--quiet")


def test_the_scripts_are_valid_posix_shell():
    succeeds("sh", "-n", "dev")
    succeeds("bash", "-n", ".ci/run")
