"""The three figures that matter first: ready after start, visible after a call, memory at rest.

The server is started several times on an empty folder and again on a filled one; then the chat application of the demo
talks to it, and every call is timed from its end until the list of sessions counts it.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from bench.server import Server
from bench.table import Figure, report
from tasks.performance import ASKED_MEMORY_MIB, ASKED_VISIBLE_SECONDS, Performance
from tasks.visibility import percentile

ASKED_READY_SECONDS = 3.0


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="./dev bench quick", description=__doc__)
    parser.add_argument("--sessions", type=int, default=60, help="sessions of the chat application (default 60)")
    parser.add_argument("--pace", type=float, default=0.3, help="speed of the fake provider (default 0.3)")
    parser.add_argument("--starts", type=int, default=5, help="how often the server is started (default 5)")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="baserun-quick-") as name:
        folder = Path(name)
        on_empty = [ready_seconds(folder / f"empty-{n}") for n in range(arguments.starts)]
        with Performance(folder, 0, arguments.pace, arguments.sessions, seed=1) as performance:
            performance.play()
            assert performance.watch is not None
            seen = performance.watch.seconds_until_visible(performance.turns)
            memory_mib = performance.memory_at_rest_mib()
        on_filled = [ready_seconds(folder / "server") for _ in range(arguments.starts)]
    parts = ", ".join(f"{part} {size:.0f}" for part, size in memory_mib.items() if part != "all")
    runs = f"median of {arguments.starts}"
    figures = [
        Figure("ready after start, empty folder", "s", statistics.median(on_empty), ASKED_READY_SECONDS, note=runs),
        Figure("ready after start, after the demo", "s", statistics.median(on_filled), ASKED_READY_SECONDS, note=runs),
        Figure(
            "visible after a call ended, p95",
            "s",
            percentile(seen, 95),
            ASKED_VISIBLE_SECONDS,
            note=f"{len(seen)} calls",
        ),
        Figure("visible after a call ended, p50", "s", percentile(seen, 50)),
        Figure("memory of the server at rest, PSS", "MiB", memory_mib["all"], ASKED_MEMORY_MIB, note=parts),
    ]
    return report("quick", figures, packages=["baserun-server", "chdb-core", "openai"])


def ready_seconds(folder: Path) -> float:
    """From the start of the process until every part of the server runs."""
    server = Server(folder)
    try:
        return server.start()
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
