"""Times pages one after the other, as one person who clicks would."""

import http.client
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from ..measure import cpu_ns, percentile
from ..server import Server, fetch
from .reads import Read


class Times(NamedTuple):
    """What the timed calls of a page took, in milliseconds."""

    wall_ms: list[float]
    cpu_ms: list[float]
    """Of front and engine together: says more than the wall on a machine that others use too."""


def timings(server: Server, pages: Sequence[Read], calls: int, warm: int = 3) -> dict[str, Times]:
    """The times of every page; the pages take turns, so that a disturbance meets all of them.

    A page that the server refuses is left out, and said so once.
    """
    found = {page.name: Times([], []) for page in pages}
    pids = [pid for part, pid in server.pids().items() if part != "worker"]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    for n in range(-warm, calls):
        for page in pages:
            if page.name not in found:
                continue
            path = page.address()
            used = cpu_ns(pids)
            began = time.perf_counter()
            status, body = fetch(connection, path)
            took = (time.perf_counter() - began) * 1000
            if status != 200:
                print(
                    f"{page.name}: `{path}` answered {status}: {body[:300].decode(errors='replace')}", file=sys.stderr
                )
                del found[page.name]
            elif n >= 0:
                found[page.name].wall_ms.append(took)
                found[page.name].cpu_ms.append((cpu_ns(pids) - used) / 1e6)
    connection.close()
    return found


def p50_p95(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return percentile(values, 0.5), percentile(values, 0.95)
