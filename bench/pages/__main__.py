"""How long the first page of every list and view takes, warm, over a stored load.

The data folder is filled through the front door once and kept (`--fresh` fills it anew). `--grown-from N` measures a
smaller load in the same run, and reports how the times grow.
"""

import sys

from ..dataset import dataset
from ..filled import filled
from ..measure import PACKAGES, options, size_name
from ..server import Server
from ..table import Figure, report
from .reads import reads
from .timing import p50_p95, timings_ms

GROWTH_FLOOR_MS = 5.0  # below this a ratio only compares noise


def main() -> int:
    """Measure and report."""
    parser = options("pages", __doc__, 100_000)
    parser.add_argument("--calls", type=int, default=30, help="timed calls of every page (default 30)")
    parser.add_argument("--grown-from", type=int, metavar="N", help="measure N spans too, and the growth")
    parser.add_argument("--fresh", action="store_true", help="fill the data folder anew")
    arguments = parser.parse_args()
    smaller = _times(arguments.grown_from, arguments) if arguments.grown_from else {}
    pages, times = _pages_and_times(arguments.spans, arguments)
    figures: list[Figure] = []
    for page in pages:
        if page.name not in times:
            figures.append(Figure(page.name, "ms", float("inf"), at_most=page.asked_ms, note="refused"))
            continue
        p50, p95 = p50_p95(times[page.name])
        figures.append(Figure(page.name, "ms", p95, at_most=page.asked_ms, note=f"p95; p50 {p50:.1f}"))
        if smaller.get(page.name):
            before = max(p50_p95(smaller[page.name])[0], GROWTH_FLOOR_MS)
            grown = max(p50, GROWTH_FLOOR_MS) / before
            figures.append(
                Figure(f"… against {size_name(arguments.grown_from)} spans", "×", grown, at_most=2, note="p50")
            )
    return report(f"pages-{size_name(arguments.spans)}", figures, packages=PACKAGES)


def _times(spans: int, arguments) -> dict[str, list[float]]:
    return _pages_and_times(spans, arguments)[1]


def _pages_and_times(spans: int, arguments):
    data = dataset(spans, arguments.seed)
    pages = reads(data)
    with Server(filled(data, fresh=arguments.fresh)) as server:
        return pages, timings_ms(server.port, pages, arguments.calls)


if __name__ == "__main__":
    sys.exit(main())
