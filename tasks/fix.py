"""Mend what a program can mend: formatting, imports, simple lint, generated documents."""

import argparse
import sys

from tasks import capacity
from tasks.reference import PAGE, settings_page
from tasks.steps import step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """The documents, ruff's fixes, then its formatting."""
    PAGE.write_text(settings_page(), encoding="utf-8")
    capacity.PAGE.write_text(capacity.capacity_page(), encoding="utf-8")
    python = [sys.executable, "-m", "ruff"]
    fixed = step("lint (ruff --fix)", [*python, "check", "--fix", "."])
    formatted = step("format (ruff)", [*python, "format", "."])
    return 0 if fixed and formatted else 1
