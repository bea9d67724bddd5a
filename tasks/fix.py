"""Mend what a program can mend: formatting, imports, simple lint."""

import argparse
import sys

from tasks.steps import step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Ruff's fixes, then its formatting."""
    python = [sys.executable, "-m", "ruff"]
    fixed = step("lint (ruff --fix)", [*python, "check", "--fix", "."])
    formatted = step("format (ruff)", [*python, "format", "."])
    return 0 if fixed and formatted else 1
