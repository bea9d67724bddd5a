"""The checks of the sources. Each is a function of files alone: what has passed is made again when one of them changes.

What passed is noted under `.dev/passed/`, one file a check, with a digest of everything that its answer follows from:
the sources that it reads, the lock files, the programs' versions and the command. Tests of behaviour are never noted.
"""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from typing import NamedTuple

from tasks import ROOT
from tasks.node import build_ui, install_workspaces, npm

PASSED = ROOT / ".dev" / "passed"
LOCKED = ("uv.lock", "package-lock.json", "package.json", ".npmrc", "tasks/checks.py")
"""What every check follows from: the versions of everything that is installed, and the checks themselves."""


class Check(NamedTuple):
    """A command that says whether sources are as they should be."""

    name: str
    command: tuple[str, ...]
    """After `python -m`, or after `npm run` where `workspace` is set."""
    workspace: str = ""
    """The folder of an npm workspace; `.` for a script of the root."""
    reads: tuple[str, ...] = ()
    """Patterns of git for the files that its answer follows from; without one it is so quick that it is always made."""
    seconds: int = 0
    """About how long it takes."""


PYTHON_SOURCES = ("*.py", "*.pyi", "*py.typed", "*.toml")
CHECKS = (
    Check("format (ruff)", ("ruff", "format", "--check", "--quiet", ".")),
    Check("lint (ruff)", ("ruff", "check", "--quiet", ".")),
    Check("format (biome)", ("format:check",), ".", ("*.ts", "*.tsx", "*.mts", "*.mjs", "*.js", "*.css", "biome.json")),
    Check("types (pyright)", ("pyright",), reads=PYTHON_SOURCES, seconds=25),
    Check("types and lint of the pages", ("check",), "ui", ("ui",), seconds=6),
    Check("types and lint of the browser tests", ("check",), "tests/browser", ("tests/browser", "ui"), seconds=4),
    Check("types and package of the TypeScript SDK", ("check",), "sdk/typescript", ("sdk/typescript",), seconds=15),
    Check(
        "types of the API in the pages",
        ("types", "--", "--check"),
        "ui",
        ("server/src/*.py", "server/pyproject.toml", "ui/scripts", "ui/src/api/schema.d.ts"),
        seconds=3,
    ),
    Check(
        "generated documents",
        ("tasks.docs.pages", "--check"),
        reads=(
            "server/src/*.py",
            "sdk/python/src/*.py",
            "sdk/typescript/src",
            "sdk/typescript/scripts",
            "sdk/typescript/package.json",
            "tasks",
            "docs/reference",
            "docs/concepts",
        ),
        seconds=8,
    ),
)


def failure_of(check: Check) -> str:
    """What a check finds fault with; empty where it passes, or has passed with the very same files."""
    if check.workspace:
        install_workspaces()
    note, mark = PASSED / check.name.replace(" ", "-"), _mark(check)
    if mark and note.exists() and note.read_text() == mark:
        return ""
    done = subprocess.run(
        _command(check), cwd=ROOT, env=_environment(check), capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"{' '.join(_command(check))}\n{done.stdout[-8000:]}{done.stderr[-4000:]}"
    if mark:
        PASSED.mkdir(parents=True, exist_ok=True)
        note.write_text(mark)
    return ""


def _command(check: Check) -> list[str]:
    if not check.workspace:
        return [sys.executable, "-m", *check.command]
    name, *more = check.command
    workspace = [] if check.workspace == "." else ["--workspace", check.workspace]
    return [*npm(), "run", name, *workspace, *more]


def _environment(check: Check) -> dict[str, str]:
    if not check.workspace:
        return dict(os.environ)
    return {**build_ui.environment(npm()), "BASERUN_PYTHON": sys.executable, "CI": "1", "NO_COLOR": "1"}


def _mark(check: Check) -> str:
    """A digest of all that the answer follows from; empty where it is always made, or git cannot name the files."""
    if not check.reads or shutil.which("git") is None:
        return ""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *LOCKED, *check.reads]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    paths = [path for name in sorted(set(listed.stdout.split("\0"))) if (path := ROOT / name).is_file()]
    if listed.returncode or not paths:
        return ""
    digest = sha256("\0".join([sys.version, *_command(check)]).encode())
    if check.workspace:
        node = subprocess.run(["node", "--version"], env=_environment(check), capture_output=True, check=False)
        digest.update(node.stdout)
    for path in paths:
        digest.update(b"\0" + path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
