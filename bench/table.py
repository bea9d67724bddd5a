"""The one table in which every measurement ends: what, asked, measured, peer, ratio."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    unit: str
    measured: float
    at_most: float | None = None
    """Asked: not more than this."""
    at_least: float | None = None
    """Asked: not less than this."""
    peer: str | None = None
    """Name and version of what it is compared with."""
    peer_measured: float | None = None
    smaller_is_better: bool = True
    """For figures that ask nothing; `at_most` and `at_least` say it themselves."""
    note: str = ""

    @property
    def reached(self) -> bool:
        """True where nothing is asked, or what is asked was measured."""
        return (self.at_most is None or self.measured <= self.at_most) and (
            self.at_least is None or self.measured >= self.at_least
        )

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer; below 1 is worse."""
        if not self.peer_measured or not self.measured:
            return None
        smaller_is_better = self.at_least is None and (self.at_most is not None or self.smaller_is_better)
        return self.peer_measured / self.measured if smaller_is_better else self.measured / self.peer_measured

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """The line as text; the last cell says whether what was asked is reached."""
        asked = " ".join(
            [f"≤ {_number(self.at_most)} {self.unit}"] * (self.at_most is not None)
            + [f"≥ {_number(self.at_least)} {self.unit}"] * (self.at_least is not None)
        )
        measured = f"{_number(self.measured)} {self.unit}" + (f" ({self.note})" if self.note else "")
        peer = f"{_number(self.peer_measured)} {self.unit} ({self.peer})" if self.peer_measured is not None else ""
        ratio = f"{self.ratio:.2f} ×" if self.ratio is not None else ""
        return self.what, asked, measured, peer, ratio, ("yes" if self.reached else "NO") if asked else ""


HEADS = ("what", "asked", "measured", "peer", "ratio", "reached")


def report(name: str, figures: Sequence[Figure], *, packages: Sequence[str] = (), bench: str = "") -> int:
    """Print the table, write it to bench/results/, and give the exit code: 1 where something asked is not reached.

    `bench` is the measurement's name where the table has another, one of several.
    """
    table = Table(*HEADS, title=name, title_justify="left")
    for figure in figures:
        table.add_row(*figure.cells(), style=None if figure.reached else "bold red")
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    around = surroundings(packages)
    console.print(" · ".join(f"{key} {value}" for key, value in around.items()), style="dim")
    _write(name, bench or name, figures, around)
    return 0 if all(figure.reached for figure in figures) else 1


def surroundings(packages: Sequence[str] = ()) -> dict[str, str]:
    """The machine and the versions that a figure belongs to."""
    memory_kib = int(Path("/proc/meminfo").read_text().split()[1]) if sys.platform == "linux" else 0
    around = {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores",
        "memory": f"{memory_kib / 2**20:.0f} GiB",
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
    }
    for package in packages:
        try:
            around[package] = version(package)
        except PackageNotFoundError:
            around[package] = "not installed"
    return around


def _write(name: str, bench: str, figures: Sequence[Figure], around: dict[str, str]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    lines = [f"# {name}", "", f"`./dev bench {' '.join([bench, *sys.argv[1:]])}`", ""]
    lines += [f"| {' | '.join(HEADS)} |", f"|{' --- |' * len(HEADS)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in figure.cells())} |" for figure in figures]
    lines += ["", *(f"- {key}: {value}" for key, value in around.items()), ""]
    (RESULTS / f"{name}.md").write_text("\n".join(lines), encoding="utf-8")
    data = {"name": name, "surroundings": around, "figures": [asdict(figure) for figure in figures]}
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
