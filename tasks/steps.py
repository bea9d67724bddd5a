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
    tell(name, time.monotonic() - started, (done.stdout or "it ended with an error") if done.returncode else "")
    return done.returncode == 0


def tell(name: str, seconds: float, failure: str) -> None:
    """One line about a step, and what was wrong with it where something was."""
    print(f"{'FAILED' if failure else 'ok    '} {name:<42} {seconds:6.1f} s", flush=True)
    if failure:
        print(failure, flush=True)
