"""The page docs/concepts/scale.md: what a day of spans asks for, reckoned from measured unit figures.

Everything that is measured or assumed stands in `MEASURED` and `ASSUMED`; the page is made again by `./dev fix`. After
a new run of `./dev bench ingest` put its figures here.
"""

import math
from pathlib import Path
from typing import NamedTuple

from tasks import ROOT

PAGE = ROOT / "docs" / "concepts" / "scale.md"
SECONDS_A_DAY = 86_400
DAYS = (1, 10, 100)
"""Billions of spans a day."""


class Figure(NamedTuple):
    """A number with what it is and where it is from."""

    value: float
    unit: str
    meaning: str


MEASURED_BY = "bench/results/ingest-100k (commit 37acb73, two cores, load 4.3, the embedded engine)"
MEASURED = {
    "front_us": Figure(13.1, "µs/span", "CPU of the front: receive, check, write to the log"),
    "read_ahead_us": Figure(77.3, "µs/span", "CPU of reading ahead: decode, normalise, price, redact, write blocks"),
    "worker_us": Figure(47, "µs/span", "CPU of the worker: send blocks, roll up; read, while there is no backlog"),
    "engine_us": Figure(73.7, "µs/span", "CPU of the engine: insert, merge, roll-up reads"),
    "stored_bytes": Figure(
        1_140, "B/span", "on disk, compressed, with roll-ups and parts that were merged a moment ago"
    ),
    "sent_bytes": Figure(2_424, "B/span", "on the wire and in the log, uncompressed"),
    "node_mib": Figure(1_092, "MiB", "memory of front, worker and read-ahead process at full load"),
}
ASSUMED = {
    "peak": Figure(2, "×", "the busiest hour against the day's mean; above it the log takes the rest for later"),
    "busy": Figure(
        0.7, "", "share of a processor that is planned with; the rest is for restarts and a node that is gone"
    ),
    "reading": Figure(0.3, "", "share of the ClickHouse processors that is kept for the people who read pages"),
    "replicas": Figure(2, "", "copies of everything"),
    "copy": Figure(0.5, "", "CPU of a further copy against that of the first: it fetches parts, and merges some"),
    "days_kept": Figure(30, "days", "how long spans are kept"),
    "filled": Figure(0.7, "", "share of a disk that is planned with; merges need room"),
    "outage_h": Figure(2, "h", "how long the store may be away without asking a sender to wait"),
    "core_usd": Figure(30, "USD/month", "a virtual CPU with 4 GiB of memory"),
    "disk_usd": Figure(80, "USD/month", "a TB of solid-state disk"),
    "shard_cores": Figure(16, "", "virtual CPUs of a ClickHouse node"),
    "shard_tb": Figure(8, "TB", "disk of a ClickHouse node"),
}


class Need(NamedTuple):
    """What a day asks for."""

    mean: float
    peak: float
    ingest_nodes: int
    ingest_cores: int
    log_gb: float
    """Of each ingest node."""
    shards: int
    shard_nodes: int
    stored_tb: float
    disk_tb: float
    usd: float
    """A month."""


def need(billions: float) -> Need:
    """What so many billions of spans a day ask for."""
    m = {name: figure.value for name, figure in MEASURED.items()}
    a = {name: figure.value for name, figure in ASSUMED.items()}
    mean = billions * 1e9 / SECONDS_A_DAY
    peak = mean * a["peak"]
    # A log has one read-ahead process, and that is one thread of Python: a node takes what one core reads.
    node_rate = 1e6 / m["read_ahead_us"] * a["busy"]
    nodes = math.ceil(peak / node_rate)
    cores = math.ceil(peak * (m["front_us"] + m["worker_us"] + m["read_ahead_us"]) / 1e6 / a["busy"])
    log_gb = mean / nodes * a["outage_h"] * 3_600 * m["sent_bytes"] / 1e9
    engine_cores = peak * m["engine_us"] / 1e6 * (1 + a["copy"] * (a["replicas"] - 1)) / a["busy"] / (1 - a["reading"])
    stored_tb = billions * 1e9 * m["stored_bytes"] * a["days_kept"] / 1e12
    disk_tb = stored_tb * a["replicas"] / a["filled"]
    by_cores = engine_cores / a["replicas"] / a["shard_cores"]
    by_disk = disk_tb / a["replicas"] / a["shard_tb"]
    shards = math.ceil(max(by_cores, by_disk))
    shard_nodes = int(shards * a["replicas"])
    usd = (max(cores, 2 * nodes) + shard_nodes * a["shard_cores"]) * a["core_usd"] + disk_tb * a["disk_usd"]
    return Need(mean, peak, nodes, max(cores, 2 * nodes), log_gb, shards, shard_nodes, stored_tb, disk_tb, usd)


def capacity_page() -> str:
    """The page."""
    needs = [need(billions) for billions in DAYS]
    rows: list[tuple[str, list[str]]] = [
        ("spans a second, mean", [f"{n.mean:,.0f}" for n in needs]),
        ("spans a second, busiest hour", [f"{n.peak:,.0f}" for n in needs]),
        ("ingest nodes (2 virtual CPUs, 4 GiB)", [f"{n.ingest_nodes:,}" for n in needs]),
        ("log disk of each, for an outage of the store", [f"{n.log_gb:,.0f} GB" for n in needs]),
        ("shards", [f"{n.shards:,}" for n in needs]),
        ("ClickHouse nodes (16 virtual CPUs, 64 GiB)", [f"{n.shard_nodes:,}" for n in needs]),
        ("stored, one copy", [f"{n.stored_tb:,.0f} TB" for n in needs]),
        ("disk, all copies, with room", [f"{n.disk_tb:,.0f} TB" for n in needs]),
        ("cost a month", [f"{n.usd:,.0f} USD" for n in needs]),
        (
            "cost of a million spans",
            [f"{n.usd / (billions * 30_000):,.2f} USD" for n, billions in zip(needs, DAYS, strict=True)],
        ),
    ]
    head = "| a day | " + " | ".join(f"{billions} billion" for billions in DAYS) + " |"
    lines = [head, "| --- |" + " ---: |" * len(DAYS), *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)]
    text = TEXT.read_text(encoding="utf-8")
    return (
        text.replace("<!-- needs -->", "\n".join(lines))
        .replace("<!-- measured -->", _figures(MEASURED))
        .replace("<!-- assumed -->", _figures(ASSUMED))
        .replace("<!-- measured by -->", MEASURED_BY)
        .replace("<!-- node rate -->", f"{1e6 / MEASURED['read_ahead_us'].value:,.0f}")
    )


TEXT = Path(__file__).with_name("capacity.md")
"""The page without its numbers."""


def _figures(figures: dict[str, Figure]) -> str:
    rows = [f"| {figure.meaning} | {figure.value:,g} {figure.unit}".rstrip() + " |" for figure in figures.values()]
    return "\n".join(["| what | value |", "| --- | ---: |", *rows])
