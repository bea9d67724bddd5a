"""How fast telemetry is acknowledged, how fast it can be queried, and what that costs in memory, disk and packages.

First everything is sent as fast as it is acknowledged; then a second load at half the asked rate, under which the
waiting times count. `--peer` gives a peer the same spans (in the dialect that it reads best) on the same machine.
"""

import sys
import time
from typing import TypedDict

from .. import installed, peers
from ..dataset import Dataset, dataset
from ..load import Load, Sent
from ..measure import PACKAGES, WORK, empty, folder_bytes, options, percentile, size_name
from ..probe import Probe
from ..server import MemoryWatch, Server
from ..table import Figure, report

MIB = 1 << 20
CALM_SPANS_PER_SECOND = 7_500
PEER_RATIO = {"phoenix": 150, "mlflow": 20}


class Compared(TypedDict, total=False):
    """What a figure says about the peer."""

    peer: str
    peer_measured: float


def main() -> int:
    """Measure and report."""
    parser = options("ingest", __doc__, 100_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--calm-seconds", type=float, default=20, help="length of the load at half rate (default 20)")
    parser.add_argument("--peer", choices=sorted(peers.REQUIREMENTS))
    parser.add_argument("--peer-spans", type=int, default=10_000, help="spans that the peer gets (default 10,000)")
    parser.add_argument("--no-install", action="store_true", help="do not measure the installation")
    arguments = parser.parse_args()
    data = dataset(arguments.spans, arguments.seed)
    calm_spans = int(arguments.calm_seconds * CALM_SPANS_PER_SECOND)
    calm_data = dataset(calm_spans, arguments.seed + 1000)
    peer = None
    if arguments.peer:
        peer_data = dataset(arguments.peer_spans, arguments.seed, "openinference")
        peer = peers.measure(arguments.peer, peer_data, arguments.connections)

    def versus(of: str) -> Compared:
        return {} if peer is None else {"peer": peer.name, "peer_measured": _of(peer, of)}

    figures = _installation(versus) if not arguments.no_install else []
    server = Server(empty(WORK / "ingest"))
    start_seconds = server.start()
    try:
        time.sleep(3)
        rest = server.memory_bytes()
        burst, queryable_seconds, most, cpu = _burst(server, data, arguments.connections)
        spans = data.totals["spans"]
        queryable = spans / queryable_seconds
        least = max(15_000, PEER_RATIO[arguments.peer] * peer.queryable_per_second) if peer else 15_000
        figures += [
            Figure("acknowledged at full speed", "spans/s", burst.rate, at_least=20_000, **versus("acknowledged")),
            Figure("queryable at full speed", "spans/s", queryable, at_least=least, **versus("queryable")),
            Figure("asked to wait (429, 503)", "answers", burst.asked_to_wait),
            *(Figure(f"CPU of the {part}", "µs/span", used * 1e6 / spans) for part, used in cpu.items()),
            Figure("CPU of all", "µs/span", sum(cpu.values()) * 1e6 / spans, **versus("cpu")),
        ]
        calm, probe = _calm(server, calm_data, arguments.connections)
        note = f"at {calm.rate:,.0f} spans/s"
        figures += [
            Figure("acknowledgement p50", "ms", percentile(calm.latencies_ms, 0.5), at_most=5, note=note),
            Figure("acknowledgement p99", "ms", percentile(calm.latencies_ms, 0.99), at_most=25, note=note),
            Figure("visible after acknowledgement p50", "ms", percentile(probe.visible_ms, 0.5), note=note),
            Figure(
                "visible after acknowledgement p95", "ms", percentile(probe.visible_ms, 0.95), at_most=2000, note=note
            ),
        ]
        stored = spans + calm_data.totals["spans"] + len(probe.visible_ms)
        figures.append(Figure("spans missing or too many", "spans", abs(_count(server) - stored), at_most=0))
        figures.append(
            Figure("disk with roll-ups", "B/span", _settled(server) / stored, at_most=1_100, **versus("disk"))
        )
        figures.append(Figure("log kept for reading again", "MiB", folder_bytes(server.data / "log") / MIB))
        figures += _memory(rest, most, versus)
        figures.append(Figure("start to ready", "s", start_seconds, **versus("start")))
    finally:
        server.stop()
    name = "-".join(["ingest", size_name(arguments.spans), *([arguments.peer] if peer else [])])
    return report(name, figures, packages=PACKAGES)


def _of(peer: peers.PeerFigures, what: str) -> float:
    return {
        "acknowledged": peer.sent.rate,
        "queryable": peer.queryable_per_second,
        "disk": peer.bytes_per_span,
        "start": peer.start_seconds,
        "rest": peer.idle_bytes / MIB,
        "load": peer.loaded_bytes / MIB,
        "install": peer.installed.bytes / MIB,
        "distributions": float(peer.installed.distributions),
        "cpu": peer.cpu_us_per_span,
    }[what]


def _installation(versus) -> list[Figure]:
    made = installed.locked_server()
    return [
        Figure("installed size", "MiB", made.bytes / MIB, at_most=650, **versus("install")),
        Figure("distributions", "", made.distributions, at_most=40, **versus("distributions")),
    ]


def _burst(server: Server, data: Dataset, connections: int) -> tuple[Sent, float, dict[str, int], dict[str, float]]:
    before = server.cpu_seconds()
    began = time.perf_counter()
    with MemoryWatch(server) as watch:
        sent = Load(server.port, data.requests(), connections=connections).start().join()
        print(
            f"acknowledged {sent.spans:,} spans in {sent.seconds:.1f} s; waiting until they are stored", file=sys.stderr
        )
        server.wait_stored()
    seconds = time.perf_counter() - began
    cpu = {part: used - before.get(part, 0.0) for part, used in server.cpu_seconds().items()}
    return sent, seconds, watch.most, cpu


def _calm(server: Server, data: Dataset, connections: int) -> tuple[Sent, Probe]:
    with Probe(server.port) as probe:
        load = Load(server.port, data.requests(), connections=connections, spans_per_second=CALM_SPANS_PER_SECOND)
        sent = load.start().join()
    server.wait_stored()
    return sent, probe


def _count(server: Server) -> int:
    return int(server.sql("SELECT count() AS spans FROM spans FINAL")[0]["spans"])


def _settled(server: Server) -> int:
    """Bytes of the tables once merging has come to rest: no change for ten seconds, or three minutes."""
    last, since = -1, time.monotonic()
    until = since + 180
    while time.monotonic() < until:
        size = folder_bytes(server.data / "engine")
        if abs(size - last) > 1 << 20:
            last, since = size, time.monotonic()
        if time.monotonic() - since > 10:
            break
        time.sleep(1)
    active = server.sql(
        "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()"
    )
    print(f"the engine's folder holds {last:,} bytes, {int(active[0]['bytes']):,} of it live", file=sys.stderr)
    return last


def _memory(rest: dict[str, int], most: dict[str, int], versus) -> list[Figure]:
    figures = [Figure("memory at rest, all processes", "MiB", rest["all"] / MIB, at_most=350, **versus("rest"))]
    figures += [Figure(f"memory at rest, {part}", "MiB", size / MIB) for part, size in rest.items() if part != "all"]
    figures.append(Figure("memory under load, most", "MiB", most["all"] / MIB, at_most=1536, **versus("load")))
    figures += [Figure(f"memory under load, {part}", "MiB", size / MIB) for part, size in most.items() if part != "all"]
    return figures


if __name__ == "__main__":
    sys.exit(main())
