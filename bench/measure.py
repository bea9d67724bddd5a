"""What all benches share: their options, percentiles, folders, and memory and disk of processes."""

import argparse
import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from .table import ROOT

PACKAGES = ("baserun-server", "chdb-core", "fastapi", "uvicorn", "uvloop", "httptools", "protobuf")
WORK = Path(os.environ.get("BASERUN_BENCH_WORK", ROOT / ".dev" / "bench"))
"""Where benches keep what they make: datasets, filled data folders, installed peers. Git-ignored."""


def options(bench: str, description: str | None, spans: int) -> argparse.ArgumentParser:
    """The options that the server's benches have in common."""
    parser = argparse.ArgumentParser(
        prog=f"python -m bench.{bench}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spans", type=int, default=spans, help=f"spans of the load (default {spans:,})")
    parser.add_argument("--seed", type=int, default=1, help="seed of the load (default 1)")
    return parser


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 … 1) of the values lie; NaN of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def size_name(spans: int) -> str:
    """`100k`, `1m`: part of the name of a result."""
    return f"{spans / 1e6:g}m" if spans >= 1_000_000 else f"{spans / 1e3:g}k"


def family(pid: int) -> list[int]:
    """A process and everything that it started, itself first."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in children.read_text().split()]
    return found


def command_of(pid: int) -> str:
    """The command line of a process, empty where it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def pss_bytes(pid: int) -> int:
    """Memory of a process: its own and its share of what it has in common with others."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_ns(pids: Iterable[int]) -> int:
    """CPU time of all threads of processes, to the nanosecond, of those threads that still live."""
    total = 0
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                total += int(path.read_text().split()[0])
    return total


def folder_bytes(folder: Path) -> int:
    """Disk blocks taken by a folder; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                about = os.lstat(os.path.join(path, name))
            except OSError:
                continue
            seen[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(seen.values())


def empty(folder: Path) -> Path:
    """The folder, made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
