"""Remove what was made: environments, packages, built pages, caches. The sources and your data stay.

The data of `./dev demo` and `./dev serve` is in .dev/data; `--data` removes that too.
"""

import argparse
import shutil

from tasks import ROOT
from tasks.steps import say

MADE = (
    "node_modules", "ui/node_modules", "sdk/typescript/node_modules", "tests/browser/node_modules",
    "ui/dist", "sdk/typescript/dist", "dist", "server/src/baserun_server/static/assets",
    ".pytest_cache", ".ruff_cache", ".hypothesis", ".venv",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far to go."""
    parser.add_argument("--data", action="store_true", help="also the data of ./dev demo and ./dev serve")


def run(arguments: argparse.Namespace) -> int:
    """Remove, and say what."""
    tools = [path.relative_to(ROOT).as_posix() for path in ROOT.glob(".dev/*") if path.name != "data"]
    for name in [*MADE, *tools, *([".dev/data"] if arguments.data else [])]:
        path = ROOT / name
        if path.is_dir() and not path.is_symlink():
            say(f"removing {name}/")
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    for path in (ROOT / "server/src/baserun_server/static").glob("*"):
        if path.name != ".gitkeep":
            path.unlink()
    return 0
