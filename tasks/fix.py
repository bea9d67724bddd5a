"""Fix what a program can fix: formatting, imports, simple lint, generated documents."""

import argparse
import sys

from tasks.steps import step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Ruff's fixes, its formatting, then the documents that are generated."""
    python = [sys.executable, "-m", "ruff"]
    fixed = step("lint (ruff --fix)", [*python, "check", "--fix", "."])
    formatted = step("format (ruff)", [*python, "format", "."])
    written = step("generated documents", [sys.executable, "-m", "tasks.docs.pages"])
    return 0 if fixed and formatted and written else 1
