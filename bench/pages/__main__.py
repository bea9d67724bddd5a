"""How long the first page of every list and view takes, warm, over a stored load.

The data folder is filled through the front door once and kept (`--fresh` fills it anew). `--copies 10` multiplies it
inside the engine (`multiplied.py`). `--grown-from N` measures a smaller load in the same run, made of fewer copies
where N is a multiple of the load, and reports how the times grow.
"""

import argparse
import sys

from ..dataset import dataset
from ..filled import filled
from ..measure import PACKAGES, options, percentile, size_name
from ..multiplied import multiplied
from ..server import Server
from ..table import Figure, report
from .reads import Read, reads
from .timing import Times, p50_p95, timings

GROWTH_FLOOR_MS = 5.0  # below this a ratio only compares noise


def main() -> int:
    """Measure and report."""
    parser = options("pages", __doc__, 100_000)
    parser.add_argument("--calls", type=int, default=30, help="timed calls of every page (default 30)")
    parser.add_argument("--grown-from", type=int, metavar="N", help="measure N spans too, and the growth")
    parser.add_argument("--copies", type=int, default=1, metavar="N", help="store the load N times over (default 1)")
    parser.add_argument("--fresh", action="store_true", help="fill the data folder anew")
    arguments = parser.parse_args()
    smaller = {}
    if arguments.grown_from:
        copies = max(1, arguments.grown_from // arguments.spans)
        smaller = _pages_and_times(arguments.grown_from // copies, copies, arguments)[1]
    pages, times = _pages_and_times(arguments.spans, arguments.copies, arguments)
    figures: list[Figure] = []
    for page in pages:
        if page.name not in times:
            figures.append(Figure(page.name, "ms", float("inf"), at_most=page.asked_ms, note="refused"))
            continue
        p50, p95 = p50_p95(times[page.name].wall_ms)
        note = f"p95; p50 {p50:.1f}, CPU {percentile(times[page.name].cpu_ms, 0.5):.1f}"
        figures.append(Figure(page.name, "ms", p95, at_most=page.asked_ms, note=note))
        if page.name in smaller:
            before = max(p50_p95(smaller[page.name].wall_ms)[0], GROWTH_FLOOR_MS)
            grown = max(p50, GROWTH_FLOOR_MS) / before
            figures.append(
                Figure(f"… against {size_name(arguments.grown_from)} spans", "×", grown, at_most=2, note="p50")
            )
    return report(f"pages-{size_name(arguments.spans * arguments.copies)}", figures, packages=PACKAGES)


def _pages_and_times(spans: int, copies: int, arguments: argparse.Namespace) -> tuple[list[Read], dict[str, Times]]:
    data = dataset(spans, arguments.seed)
    pages = reads(data)
    folder = multiplied(data, copies, fresh=arguments.fresh) if copies > 1 else filled(data, fresh=arguments.fresh)
    with Server(folder) as server:
        return pages, timings(server, pages, arguments.calls)


if __name__ == "__main__":
    sys.exit(main())
