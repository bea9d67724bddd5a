"""Run every test: format, lint and types, both SDKs, server, pages, packages, real processes, a real browser.

With a PATTERN only the tests whose names match it (pytest's -k): `./dev test "session and resumed"`. A path works too:
`./dev test server/tests`. What else is given goes to pytest: `./dev test -- -x --lf`. The suites of the TypeScript SDK
and of the pages run as tests among the others, so that the last line counts everything.
"""

import argparse
import os
import subprocess
import sys

from tasks import ROOT
from tasks.node import build_pages, build_typescript_sdk, install_workspaces

WORKERS_TO_A_CORE = 2
"""Tests with real processes wait half of their time, for a start, a flush, a kill."""
MOST_WORKERS = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run."""
    parser.add_argument("pattern", nargs="?", help="names (pytest -k) or a path; everything without it")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to pytest")


def run(arguments: argparse.Namespace) -> int:
    """Prepare what the tests need, then let pytest have the last word."""
    install_workspaces()
    build_pages()
    build_typescript_sdk()
    more = [argument for argument in [arguments.pattern, *arguments.arguments] if argument not in (None, "--")]
    pattern = more[0] if more and not more[0].startswith("-") else None
    if pattern is None:
        workers = min(MOST_WORKERS, round((os.cpu_count() or 1) * WORKERS_TO_A_CORE))
        more = ["-n", str(workers), "--dist", "loadscope", "--no-loadscope-reorder", *more]
    elif not (ROOT / pattern.partition("::")[0]).exists():
        more = ["-k", *more]
    command = [sys.executable, "-m", "pytest", "-q", *more]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
