"""Mend what a program can mend: formatting, imports, simple lint, generated documents."""

import argparse
import sys

from tasks import capacity
from tasks.node import build_ui, install_workspaces, npm
from tasks.reference import PAGE, settings_page
from tasks.steps import step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """The documents, ruff's fixes, then the formatters."""
    PAGE.write_text(settings_page(), encoding="utf-8")
    capacity.PAGE.write_text(capacity.capacity_page(), encoding="utf-8")
    python = [sys.executable, "-m", "ruff"]
    fixed = step("lint (ruff --fix)", [*python, "check", "--fix", "."])
    formatted = step("format (ruff)", [*python, "format", "."])
    install_workspaces()
    pages = step("format (biome)", [*npm(), "run", "format"], environment=build_ui.environment(npm()))
    return 0 if fixed and formatted and pages else 1
