"""Fix what a program can fix: formatting, imports, simple lint, generated documents."""

import argparse
import sys

from tasks.node import build_ui, install_workspaces, npm
from tasks.steps import step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Ruff's fixes, the formatters, then the documents that are generated."""
    python = [sys.executable, "-m", "ruff"]
    fixed = step("lint (ruff --fix)", [*python, "check", "--fix", "."])
    formatted = step("format (ruff)", [*python, "format", "."])
    install_workspaces()
    pages = step("format (biome)", [*npm(), "run", "format"], environment=build_ui.environment(npm()))
    written = step("generated documents", [sys.executable, "-m", "tasks.docs.pages"])
    return 0 if fixed and formatted and pages and written else 1
