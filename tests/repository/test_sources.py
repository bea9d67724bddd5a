"""Every source is formatted, clean and well typed, in every language: the checks of `./dev check`, as tests."""

import os
import shutil
import subprocess

import pytest
from tasks import ROOT
from tasks.checks import CHECKS, Check, failure_of


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "check",
    [pytest.param(one, id=one.name, marks=[pytest.mark.slow(one.seconds)] if one.seconds else []) for one in CHECKS],
)
def test_the_sources_are_as_they_should_be(check: Check):
    failure = failure_of(check)
    assert not failure, failure


def test_the_python_lock_file_belongs_to_the_projects():
    uv = os.environ.get("DEV_UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the PATH; ./dev brings it along")
    succeeds(uv, "lock", "--check", "--quiet")


def test_the_scripts_are_valid_posix_shell():
    succeeds("sh", "-n", "dev")
    succeeds("bash", "-n", ".ci/run")


def succeeds(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-8000:]}{done.stderr[-4000:]}"
