"""Hostile input at every door: what it ends, what it costs its neighbours, and what it leaves behind in memory.

    python -m bench.fuzz [--inputs 1000000] [--requests 20000] [--seed N]

First in process: each input goes through what the front does before it acknowledges and through what the worker does
with what was acknowledged, in batches with a neighbour whose span must be there afterwards. Then against a running
server, over HTTP and gRPC, with bodies and parameters of the API among them: no answer may be a 5xx, no process may
end, and every neighbour must be readable.
"""

import argparse
import shutil
import sys

from bench.fuzz.in_process import in_process
from bench.fuzz.served import Outcome, serve_hostile
from bench.measure import WORK, empty
from bench.table import Figure, report


def main() -> int:
    """Send, count, and say whether everything held."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=1_000_000, help="inputs in process (default 1,000,000)")
    parser.add_argument("--requests", type=int, default=20_000, help="requests to a server (default 20,000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the inputs (default 1)")
    options = parser.parse_args()
    figures = []
    if options.inputs:
        figures += in_process(options.inputs, options.seed)
    if options.requests:
        folder = empty(WORK / "fuzz")
        outcome = serve_hostile(folder, options.requests, options.seed)
        shutil.rmtree(folder, ignore_errors=True)
        figures += served(outcome, options.requests)
    return report("fuzz", figures, packages=["baserun-server", "protobuf", "orjson", "fastapi", "grpcio", "chdb-core"])


def served(outcome: Outcome, requests: int) -> list[Figure]:
    """The figures of the second half."""
    return [
        Figure("requests to a server", "", requests),
        Figure("answers 5xx", "", outcome.server_errors, at_most=0, note=outcome.first_error),
        Figure("ends of a process", "", outcome.ended, at_most=0),
        Figure("neighbours that were not readable", "", outcome.lost, at_most=0, note=f"of {outcome.neighbours}"),
        Figure("set aside for a fault of ours", "", outcome.set_aside, at_most=0, note=outcome.first_reason),
        Figure("memory afterwards, of that at rest", "×", outcome.growth, at_most=1.2, note=outcome.growth_of_each),
    ]


if __name__ == "__main__":
    sys.exit(main())
