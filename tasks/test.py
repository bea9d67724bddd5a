"""Run every test: format, lint and types, both SDKs, server, pages, packages, real processes, a real browser.

With a PATTERN, run only the tests whose names match it (pytest's -k): `./dev test "session and resumed"`. A path works
too: `./dev test server/tests`. Further arguments go to pytest: `./dev test -- -x --lf`. The suites of the TypeScript
SDK and of the pages run as tests among the others, so that the last line counts everything.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tasks import ROOT
from tasks.node import build_pages, build_typescript_sdk, install_workspaces

WORKERS_TO_A_CORE = 2
"""Tests with real processes wait half of their time, for a start, a flush, a kill."""
MOST_WORKERS = 6
MEMORY = Path("/dev/shm")
"""A file system in memory, where the system has one: many servers sync at a time; two tests of the store took 1.4 and
1.0 s on a disk, 0.9 and 0.6 s here. A killed process leaves on it what it leaves on a disk."""
ROOM_BYTES = 2 << 30
"""Many times what a whole run was seen to hold (113 MB)."""


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
        with memory() as folder:
            return pytest(*([f"--basetemp={folder}"] if folder else []), *more)
    if not (ROOT / pattern.partition("::")[0]).exists():
        more = ["-k", *more]
    return pytest(*more)


def memory() -> AbstractContextManager[str | None]:
    """A folder in memory until the end of the block; None where there is too little room, or nothing may run there."""
    may_run = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if may_run and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        return tempfile.TemporaryDirectory(prefix="baserun-", dir=MEMORY, ignore_cleanup_errors=True)
    return nullcontext()


def pytest(*arguments: str) -> int:
    """Run pytest; its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
