"""Lines of progress, and commands that run and say how they went."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tasks import ROOT


def say(text: str) -> None:
    """One line of progress, to standard error."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def step(name: str, command: list[str], *, folder: Path = ROOT, environment: dict[str, str] | None = None) -> bool:
    """Run a command, print one line about it, and its output only where it failed."""
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took = time.monotonic() - started
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name:<28} {took:6.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0
