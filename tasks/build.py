"""Build the packages into dist/: the wheels of the Python SDK and of the server, and the npm package.

They are what a registry would hold, so `pip install` and `npm install` take them on any machine. The server's wheel
holds the built pages.
"""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from tasks import ROOT
from tasks.node import build_pages, build_typescript_sdk, npm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where they go."""
    parser.add_argument("--out", default=str(ROOT / "dist"), help="folder to build into (default dist/)")


def run(arguments: argparse.Namespace) -> int:
    """Build all three, and print their paths."""
    out = Path(arguments.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    build_pages()
    sdk = build_typescript_sdk()
    uv = os.environ.get("DEV_UV") or shutil.which("uv") or "uv"
    commands = [
        [uv, "build", "--quiet", "--wheel", "--package", "baserun", "--out-dir", str(out)],
        [uv, "build", "--quiet", "--wheel", "--package", "baserun-server", "--out-dir", str(out)],
        [*npm(), "pack", "--silent", "--ignore-scripts", "--pack-destination", str(out)],
    ]
    for command in commands:
        done = subprocess.run(command, cwd=sdk if "pack" in command else ROOT, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return done.returncode
    for path in sorted([*out.glob("*.whl"), *out.glob("*.tgz")]):
        print(path)
    return 0
