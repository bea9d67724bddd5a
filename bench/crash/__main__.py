"""Whether anything acknowledged is lost or counted twice when processes are killed at random under load.

SIGKILL goes to the worker, the engine, the front, or all of them at a random moment; senders send again what was not
acknowledged, as real SDKs do. In the end every total of the API is compared with what was sent.
"""

import collections
import random
import sys
import time

from ..dataset import Dataset, dataset
from ..load import Load
from ..measure import PACKAGES, WORK, empty, options, percentile
from ..server import Server, pages
from ..table import Figure, report

TOTALS = ("traces", "llm_calls", "input_tokens", "output_tokens", "errors", "feedback_up", "feedback_down")


def main() -> int:
    """Kill, count and report."""
    parser = options("crash", __doc__, 200_000)
    parser.add_argument("--kills", type=int, default=100, help="kills of the worker or the engine (default 100)")
    parser.add_argument("--both", type=int, default=20, help="kills of both at once (default 20)")
    parser.add_argument("--front", type=int, default=10, help="kills of the front, or of everything (default 10)")
    parser.add_argument("--rate", type=int, default=2_000, help="spans a second that come in (default 2,000)")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    data = dataset(arguments.spans, arguments.seed)
    kills: list[tuple[str, ...]] = [("worker",) if n % 2 else ("engine",) for n in range(arguments.kills)]
    kills += [("worker", "engine")] * arguments.both
    kills += [("front",) if n % 2 else ("front", "worker", "engine") for n in range(arguments.front)]
    rng.shuffle(kills)
    restarts: dict[str, list[float]] = collections.defaultdict(list)
    server = Server(empty(WORK / "crash"))
    server.start()
    try:
        load = Load(server.port, data.requests(), spans_per_second=arguments.rate).start()
        for n, parts in enumerate(kills):
            time.sleep(rng.uniform(0.1, 1.5))
            seconds = _kill(server, parts)
            restarts["front" if "front" in parts else "both" if len(parts) > 1 else parts[0]].append(seconds)
            if n % 10 == 9:
                print(f"{n + 1} of {len(kills)} kills, {load.sent.spans:,} spans acknowledged", file=sys.stderr)
        sent = load.join()
        server.wait_stored()
        figures = [
            Figure("kills", "", len(kills), note=", ".join(f"{len(times)} {part}" for part, times in restarts.items())),
            Figure("acknowledged", "spans", sent.spans),
            Figure("requests sent again after a broken connection", "", sent.broken),
            *_compared(server, data),
        ]
        for part, seconds in restarts.items():
            figures.append(Figure(f"{part} killed: to ready, p50", "s", percentile(seconds, 0.5)))
            figures.append(
                Figure(f"{part} killed: to ready, worst", "s", max(seconds), at_most=2 if part == "engine" else 3)
            )
    finally:
        server.stop()
    name = "crash" if arguments.seed == 1 else f"crash-seed-{arguments.seed}"
    return report(name, figures, packages=PACKAGES)


def _kill(server: Server, parts: tuple[str, ...]) -> float:
    server.kill(*parts)
    began = time.perf_counter()
    if "front" in parts:
        server.spawn()
    # A killed part is noticed within moments; what counts is that new ones are there and answer.
    time.sleep(0.05)
    server.wait_ready()
    return time.perf_counter() - began


def _compared(server: Server, data: Dataset) -> list[Figure]:
    row = server.sql("SELECT count() AS spans, uniqExact(project_id, trace_id, span_id) AS different FROM spans FINAL")[
        0
    ]
    spans, different = int(row["spans"]), int(row["different"])
    figures = [
        Figure("acknowledged spans lost", "spans", max(data.totals["spans"] - different, 0), at_most=0),
        Figure("spans stored twice", "spans", spans - different, at_most=0),
    ]
    counted: collections.Counter[str] = collections.Counter()
    for user in pages(server, "/api/v1/users"):
        counted["users"] += 1
        counted.update({name: user[name] for name in (*TOTALS, "sessions")})
    figures += [
        Figure(f"{name} by the API, too many or missing", "", abs(counted[name] - data.totals[name]), at_most=0)
        for name in ("users", "sessions", *TOTALS)
    ]
    return figures


if __name__ == "__main__":
    sys.exit(main())
