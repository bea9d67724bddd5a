"""Installs of other things into folders of their own under `.dev`: our locked server, and peers."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from .measure import folder_bytes
from .table import ROOT


class Installed(NamedTuple):
    """What an installation came to."""

    folder: Path
    seconds: float
    bytes: int
    distributions: int

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"


def locked_server() -> Installed:
    """Our server as the lock file has it, without what only developing needs."""
    folder = ROOT / ".dev" / "installed" / "server"
    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    command = [_uv(), "sync", "--frozen", "--no-default-groups", "--package", "baserun-server", "--no-editable", "-q"]
    environment = os.environ | {"UV_PROJECT_ENVIRONMENT": str(folder), "BASERUN_SKIP_UI_BUILD": "1"}
    subprocess.run([*command, "--link-mode", "copy"], cwd=ROOT, env=environment, check=True)
    return _installed(folder, time.perf_counter() - began)


def peer(name: str, *requirements: str) -> Installed:
    """A peer's packages, installed once."""
    folder = ROOT / ".dev" / "peers" / name
    began = time.perf_counter()
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"installing {', '.join(requirements)} into {folder}", file=sys.stderr)
        subprocess.run([_uv(), "venv", "-q", "--no-project", "--python", sys.executable, str(folder)], check=True)
        command = [_uv(), "pip", "install", "-q", "--python", str(folder / "bin" / "python")]
        # From outside of our workspace: what is left out of our environment must not be left out of theirs.
        subprocess.run([*command, *requirements], cwd="/", check=True)
        (folder / "done").touch()
    return _installed(folder, time.perf_counter() - began)


def _installed(folder: Path, seconds: float) -> Installed:
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    return Installed(folder, seconds, folder_bytes(packages), len(list(packages.glob("*.dist-info"))))


def _uv() -> str:
    own = sorted((ROOT / ".dev").glob("uv-*/bin/uv"))
    found = os.environ.get("UV") or shutil.which("uv") or (str(own[-1]) if own else None)
    if not found:
        raise SystemExit("error: `uv` was not found\n\nhint: run this by `./dev bench`, which brings it")
    return found
