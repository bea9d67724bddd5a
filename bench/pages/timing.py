"""Times pages one after the other, as one person who clicks would."""

import http.client
import sys
import time
from collections.abc import Sequence

from ..measure import percentile
from ..server import fetch
from .reads import Read


def timings_ms(port: int, pages: Sequence[Read], calls: int, warm: int = 3) -> dict[str, list[float]]:
    """Milliseconds of every timed call by page; the pages take turns, so that a disturbance meets all of them.

    A page that the server refuses is left out, and said so once.
    """
    found: dict[str, list[float]] = {page.name: [] for page in pages}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for n in range(-warm, calls):
        for page in pages:
            if page.name not in found:
                continue
            path = page.address()
            began = time.perf_counter()
            status, body = fetch(connection, path)
            took = (time.perf_counter() - began) * 1000
            if status != 200:
                print(
                    f"{page.name}: `{path}` answered {status}: {body[:300].decode(errors='replace')}", file=sys.stderr
                )
                del found[page.name]
            elif n >= 0:
                found[page.name].append(took)
    connection.close()
    return found


def p50_p95(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return percentile(values, 0.5), percentile(values, 0.95)
