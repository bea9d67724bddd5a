"""The one table that every bench prints: what, asked, measured, peer, ratio.

A row is reached when its measured number keeps the bound that was asked; a row without a bound only informs. `finish`
prints the table with the machine and the versions, writes it to `bench/results/<bench>.json`, and gives the exit code.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
_VERSIONS = ("chdb-core", "fastapi", "uvicorn", "openai", "opentelemetry-proto", "protobuf")


@dataclass
class Row:
    """One measured number; `at_least` or `at_most` is what was asked of it."""

    what: str
    measured: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    peer: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool:
        """False where a bound was asked and is not kept."""
        if self.at_least is not None and not self.measured >= self.at_least:
            return False
        return self.at_most is None or self.measured <= self.at_most

    @property
    def asked(self) -> str:
        """The bound as text."""
        if self.at_least is not None:
            return f"≥ {number(self.at_least)}"
        return "" if self.at_most is None else f"≤ {number(self.at_most)}"


@dataclass
class Table:
    """The rows of one run of one bench."""

    bench: str
    command: str
    peer: str = ""
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, bench: str, peer: str = "") -> "Table":
        """The table of the bench that this program is."""
        return cls(bench, " ".join(["python -m", f"bench.{bench}", *sys.argv[1:]]), peer)

    def add(self, what: str, measured: float, unit: str = "", **bound) -> Row:
        """Add a row and show it at once, so that a long run can be watched."""
        row = Row(what, measured, unit, **bound)
        self.rows.append(row)
        print(f"{what}: {number(measured)} {unit}{'' if row.reached else f' (asked {row.asked})'}", file=sys.stderr)
        return row

    def finish(self, name: str = "") -> int:
        """Print and write the table; 1 where something asked is not reached."""
        about = machine()
        print(f"\n{self.command}\n{about['machine']}\n{about['versions']}\n")
        header = ["what", "asked", "measured", self.peer or "peer", "ratio", ""]
        lines = [header, *(self._line(row) for row in self.rows)]
        widths = [max(len(line[n]) for line in lines) for n in range(len(header))]
        for line in lines:
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
            if line is header:
                print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        RESULTS.mkdir(exist_ok=True)
        document = {"bench": self.bench, "command": self.command, **about, "peer": self.peer}
        document["rows"] = [asdict(row) | {"reached": row.reached} for row in self.rows]
        path = RESULTS / f"{name or self.bench}.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        return 0 if all(row.reached for row in self.rows) else 1

    def _line(self, row: Row) -> list[str]:
        measured = f"{number(row.measured)} {row.unit}".strip()
        peer = "" if row.peer is None else number(row.peer)
        ratio = f"{row.measured / row.peer:,.2f}" if row.peer else ""
        return [
            row.what,
            row.asked,
            measured,
            peer,
            ratio,
            row.note if row.reached else f"NOT REACHED {row.note}".strip(),
        ]


def number(value: float) -> str:
    """A number as people read it: 3 digits that matter."""
    if value != value:
        return "none"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.3g}"


def machine() -> dict[str, str]:
    """What was measured on, and with what."""
    cpu = platform.processor() or platform.machine()
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    memory = next((int(line.split()[1]) >> 20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    versions = [f"Python {platform.python_version()}"]
    for name in _VERSIONS:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    revision = ["git", "-C", str(RESULTS.parent), "describe", "--always", "--dirty"]
    commit = subprocess.run(revision, capture_output=True, text=True, check=False).stdout.strip()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    where = f"{cpu}, {os.cpu_count()} cores, {memory} GiB, {platform.system()} {platform.release()}"
    return {"machine": f"{where}; {now}", "versions": f"commit {commit}; " + ", ".join(versions)}


def options(bench: str, description: str | None, spans: int) -> argparse.ArgumentParser:
    """The options that every bench has."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{bench}", description=description)
    parser.add_argument("--spans", type=int, default=spans, help=f"spans of the load (default {spans:,})")
    parser.add_argument("--seed", type=int, default=1, help="seed of the load")
    return parser


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 … 1) of the values lie; NaN of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
