"""Check everything that needs no running program: format, lint, types, locked dependencies, documents.

A part of `./dev test`; alone it answers within seconds while you write. `./dev fix` repairs what a program can repair.
A check that has passed is repeated only after a file that it depends on has changed; `./dev clean` forgets.
"""

import argparse
import os
import sys
import time

from tasks.checks import CHECKS, failure_of
from tasks.steps import step, tell


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Every check, also after one has failed."""
    passed = []
    for check in CHECKS:
        started = time.monotonic()
        failure = failure_of(check)
        tell(check.name, time.monotonic() - started, failure)
        passed.append(not failure)
    passed.append(step("Python lock file (uv)", [os.environ.get("DEV_UV", "uv"), "lock", "--check"]))
    apart = [f"--ignore=tests/repository/{name}.py" for name in ("test_sources", "test_node_suites", "test_site")]
    passed.append(step("documents and repository", [sys.executable, "-m", "pytest", "-q", "tests/repository", *apart]))
    return 0 if all(passed) else 1
