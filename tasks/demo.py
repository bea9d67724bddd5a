"""Watch it work: a server, a fake provider, and a chat application with 40 users in 150 sessions.

Starts all three on this machine (no key, no account), prints the address to look at and how many sessions were sent,
and serves until Ctrl-C. Its data is in .dev/data/demo and starts empty each time.

With `--check` nothing stays. What the API answers is compared with what was sent: every count, token, cost and error,
per session and per user. The comparison is printed with the time until a call was visible and the memory of the server.
The exit code is 0 if everything is equal, and 1 if not.
"""

import argparse
import shutil
import signal
import tempfile
from pathlib import Path

from tasks import ROOT
from tasks.node import build_pages


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How it is run."""
    parser.add_argument("--check", action="store_true", help="compare what the API answers with what was sent, and end")
    parser.add_argument(
        "--port", type=int, default=None, help="port of the server (default 4318; with --check a free one)"
    )
    parser.add_argument(
        "--pace", type=float, default=None, help="1: a provider as slow as real ones (default 0.25; with --check 0.03)"
    )
    parser.add_argument("--sessions", type=int, default=150, help="how many sessions (default 150)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another play")


def run(arguments: argparse.Namespace) -> int:
    """Perform, and then serve or compare."""
    build_pages()
    # Imported here, so that `./dev --help` needs none of it.
    from tasks.performance import Performance, show

    if arguments.check:
        with tempfile.TemporaryDirectory(prefix="baserun-demo-") as folder:
            pace = 0.03 if arguments.pace is None else arguments.pace
            with Performance(
                Path(folder), arguments.port or 0, pace, arguments.sessions, arguments.seed
            ) as performance:
                performance.play()
                return performance.check()
    folder = ROOT / ".dev" / "data" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pace = 0.25 if arguments.pace is None else arguments.pace
    port = 4318 if arguments.port is None else arguments.port
    with Performance(folder, port, pace, arguments.sessions, arguments.seed) as performance:
        show(f"Look at {performance.url}/ — pages fill while people talk")
        performance.play()
        show(f"Sent {performance.summary()}. Serving at {performance.url}/ until Ctrl-C.")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0
