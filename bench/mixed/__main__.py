"""How much slower the pages are while telemetry comes in at a steady rate.

The same pages are timed on the same filled server, at rest and then under the load; what comes in belongs to the last
half day of the data. The rate that was reached and the acknowledgement times are reported too.
"""

import itertools
import shutil
import sys

from ..dataset import dataset
from ..filled import filled
from ..load import Load
from ..measure import PACKAGES, WORK, options, percentile, size_name
from ..multiplied import multiplied
from ..pages.reads import reads
from ..pages.timing import p50_p95, timings
from ..server import Server
from ..table import Figure, report

FLOOR_MS = 10.0  # below this a ratio only compares noise


def main() -> int:
    """Measure and report."""
    parser = options("mixed", __doc__, 100_000)
    parser.add_argument("--rate", type=int, default=5_000, help="spans a second that come in (default 5,000)")
    parser.add_argument("--calls", type=int, default=30, help="timed calls of every page (default 30)")
    parser.add_argument("--copies", type=int, default=1, metavar="N", help="store the load N times over (default 1)")
    arguments = parser.parse_args()
    data = dataset(arguments.spans, arguments.seed)
    coming = dataset(max(arguments.rate * 60, 50_000), arguments.seed + 2000, days=0.5)
    pages = reads(data)
    folder = WORK / "mixed"
    shutil.rmtree(folder, ignore_errors=True)
    full = multiplied(data, arguments.copies) if arguments.copies > 1 else filled(data)
    shutil.copytree(full, folder, symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
    figures: list[Figure] = []
    with Server(folder) as server:
        calm = timings(server, pages, arguments.calls)
        # Long enough for any number of calls: what was sent comes again, and is stored once.
        requests = itertools.chain.from_iterable(coming.requests() for _ in itertools.count())
        load = Load(server.port, requests, spans_per_second=arguments.rate).start()
        busy = timings(server, pages, arguments.calls, warm=1)
        sent = load.stop()
        server.wait_stored()
    figures.append(Figure("acknowledged meanwhile", "spans/s", sent.rate, at_least=arguments.rate * 0.95))
    figures.append(Figure("acknowledgement p50", "ms", percentile(sent.latencies_ms, 0.5)))
    figures.append(Figure("acknowledgement p99", "ms", percentile(sent.latencies_ms, 0.99)))
    if sent.spans > coming.totals["spans"]:
        print(f"the load of {coming.totals['spans']:,} spans began again from its start", file=sys.stderr)
    for page in pages:
        if page.name not in calm or page.name not in busy:
            figures.append(Figure(page.name, "×", float("inf"), at_most=1.5, note="refused"))
            continue
        (before, _), (p50, p95) = p50_p95(calm[page.name].wall_ms), p50_p95(busy[page.name].wall_ms)
        slower = max(p50, FLOOR_MS) / max(before, FLOOR_MS)
        figures.append(
            Figure(page.name, "×", slower, at_most=1.5, note=f"p50 {before:.1f} → {p50:.1f} ms, p95 {p95:.1f} ms")
        )
    return report(f"mixed-{size_name(arguments.spans * arguments.copies)}", figures, packages=PACKAGES)


if __name__ == "__main__":
    sys.exit(main())
