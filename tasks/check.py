"""Check everything that needs no running program: format, lint, types, locked dependencies, documents.

A part of `./dev test`; alone it answers within seconds while you write. `./dev fix` mends what a program can mend.
"""

import argparse
import os
import sys

from tasks import ROOT
from tasks.node import install_workspaces, npm
from tasks.steps import step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Every check, also after one has failed."""
    install_workspaces()
    python = [sys.executable, "-m"]
    checks = [
        ("format (ruff)", [*python, "ruff", "format", "--check", "."]),
        ("lint (ruff)", [*python, "ruff", "check", "."]),
        ("types (pyright)", [*python, "pyright"]),
        ("Python lock file (uv)", [os.environ.get("DEV_UV", "uv"), "lock", "--check"]),
        ("types and lint of the pages", [*npm(), "run", "check", "--workspace", "ui", "--if-present"]),
        ("types and lint of the browser tests", [*npm(), "run", "check", "--workspace", "tests/browser"]),
        ("types of the TypeScript SDK", [*npm(), "run", "check", "--workspace", "sdk/typescript", "--if-present"]),
        ("documents and repository", [*python, "pytest", "-q", "tests/repository"]),
    ]
    passed = [step(name, command, folder=ROOT) for name, command in checks]
    return 0 if all(passed) else 1
