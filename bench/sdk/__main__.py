"""What recording costs the application that is recorded, beside the best of the field.

Each contender runs in an environment of its own with the real `openai` client and a canned network; see README.md.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import installed
from bench.table import ROOT, Figure, report

HERE = Path(__file__).parent
EXPORTER = ("opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.2")
OPENAI = "openai==3.54.0"
OLDER_OPENAI = "openai<3"
"""For the peer that asks for it; its bare calls are made with the same."""
PEERS = {
    "langfuse": ("langfuse==5.0.4",),
    "openinference": ("openinference-instrumentation-openai==0.1.66", *EXPORTER),
    "logfire": ("logfire==5.2.0",),
    "opik": ("opik==2.2.122",),
    "openllmetry": ("opentelemetry-instrumentation-openai==0.62.4", *EXPORTER),
}
PARTS = ("cost", "exits", "memory")
"""Each a table of its own, so that they can be measured one after the other."""
BLOCK_CALLS = 40
"""As in the worker."""
START_ROUNDS = 3


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="./dev bench sdk", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="processes per contender (default 7)")
    parser.add_argument(
        "--calls", type=int, default=480, help="calls a process; besides a quarter as many streams (default 480)"
    )
    parser.add_argument("--peer", action="append", choices=sorted(PEERS), help="only this peer; may be repeated")
    parser.add_argument("--memory-calls", type=int, default=100_000, help="calls of the memory run (default 100,000)")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this table; may be repeated")
    arguments = parser.parse_args()

    environments = {"bare": installed.peer("sdk-bare", OPENAI)}
    environments["baserun"] = _ours()
    for name in arguments.peer or PEERS:
        environments[name] = installed.peer(f"sdk-{name}", *PEERS[name], OLDER_OPENAI if name == "opik" else OPENAI)

    failed = 0
    for part in arguments.only or PARTS:
        if part == "cost":
            figures = _overhead(environments, arguments.rounds, max(1, arguments.calls // BLOCK_CALLS))
            figures += _starts(environments) + _sizes(environments)
        elif part == "exits":
            figures = _exits(environments)
        else:
            figures = _memory(environments["baserun"], arguments.memory_calls)
        table = "sdk" if part == "cost" else f"sdk-{part}"
        failed |= report(table, figures, packages=["baserun", "openai"], bench="sdk")
    return failed


def _ours() -> installed.Installed:
    """Our SDK as it stands in this repository, built and installed anew."""
    shutil.rmtree(ROOT / ".dev" / "peers" / "sdk-baserun", ignore_errors=True)
    return installed.peer("sdk-baserun", str(ROOT / "sdk" / "python"), OPENAI)


def _overhead(environments: dict[str, installed.Installed], rounds: int, pairs: int) -> list[Figure]:
    """Rounds go through all contenders in turn, so that a loud minute hits each of them."""
    found: dict[str, list[list[dict[str, float]]]] = {name: [] for name in environments}
    with _sink("200") as url:
        for number in range(rounds):
            order = ("bare,recorded", "recorded,bare")[number % 2]
            for name, environment in environments.items():
                print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
                ran = _run(environment, name, "overhead", url, pairs, order, hash_seed=number)
                found[name].append([{key: on[key] - off[key] for key in on} for off, on in ran])
    added = {name: _medians([pair for run in runs for pair in run]) for name, runs in found.items()}
    noise = added["bare"]
    asked = (
        ("plain call, calling thread", "call", 60.0),
        ("plain call, whole process", "process_call", 180.0),
        ("stream of 50 chunks, calling thread", "stream", 150.0),
        ("until the first chunk, calling thread", "first", 60.0),
        ("stream of 50 chunks, whole process", "process_stream", None),
    )
    figures = []
    for what, key, limit in asked:
        peer = _best(added, key)
        of_rounds = [statistics.median(pair[key] for pair in run) for run in found["baserun"]]
        figures.append(
            Figure(
                what,
                unit="µs CPU",
                measured=added["baserun"][key],
                at_most=limit,
                peer=peer,
                peer_measured=added[peer][key] if peer else None,
                note=f"rounds {min(of_rounds):.0f} … {max(of_rounds):.0f}; noise {noise[key]:+.0f}; "
                + ", ".join(f"{n} {added[n][key]:.0f}" for n in _peers(added)),
            )
        )
    for unit, keys, limit in (
        ("calls", ("call", "process_call"), 5),
        ("streams", ("stream", "first", "process_stream"), 20),
    ):
        worst = max(abs(noise[key]) for key in keys)
        figures.append(Figure(f"noise of {unit}: the client with nothing turned on", "µs CPU", worst, at_most=limit))
    return figures


def _starts(environments: dict[str, installed.Installed]) -> list[Figure]:
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in environments if name != "bare"}
    with _sink("200") as url:
        for number in range(START_ROUNDS):
            for name, run in runs.items():
                print(f"start {number + 1} of {START_ROUNDS}: {name}", file=sys.stderr)
                run.append(_run(environments[name], name, "importing", url, 1))
    started = {name: _medians(found) for name, found in runs.items()}
    peer = _best(started, "cpu")
    return [
        Figure(
            "import and init, over `import openai`",
            unit="ms CPU",
            measured=started["baserun"]["cpu"],
            at_most=60,
            peer=peer,
            peer_measured=started[peer]["cpu"] if peer else None,
            note=", ".join(f"{n} {started[n]['cpu']:.0f}" for n in _peers(started)),
        )
    ]


def _sizes(environments: dict[str, installed.Installed]) -> list[Figure]:
    bare = environments["bare"]
    added = {
        name: {"bytes": (_packed(found) - _packed(bare)) / 2**20, "count": found.distributions - bare.distributions}
        for name, found in environments.items()
    }
    figures = []
    for what, key, unit, limit in (("install", "bytes", "MiB", 7), ("distributions", "count", "packages", 12)):
        peer = _best(added, key)
        figures.append(
            Figure(
                f"{what}, beyond openai's own",
                unit=unit,
                measured=added["baserun"][key],
                at_most=limit,
                peer=peer,
                peer_measured=added[peer][key] if peer else None,
            )
        )
    return figures


def _packed(found: installed.Installed) -> int:
    """Bytes of an installation without what running it has compiled."""
    packages = next((found.folder / "lib").glob("python*")) / "site-packages"
    return sum(path.stat().st_size for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _exits(environments: dict[str, installed.Installed]) -> list[Figure]:
    figures = []
    for fault in ("200", "refused", "hang", "500", "429"):
        seconds: dict[str, float] = {}
        for name, environment in environments.items():
            if name != "bare":
                print(f"exit with a collector that answers `{fault}`: {name}", file=sys.stderr)
                seconds[name] = _exit_seconds(environment, name, fault)
        peer = min((name for name in seconds if name != "baserun"), key=seconds.__getitem__, default=None)
        figures.append(
            Figure(
                f"exit, collector {'healthy' if fault == '200' else fault}",
                unit="s",
                measured=seconds["baserun"],
                at_most=2.5,
                peer=peer,
                peer_measured=seconds[peer] if peer else None,
                note=", ".join(f"{n} {s:.1f}" for n, s in seconds.items() if n != "baserun"),
            )
        )
    return figures


def _exit_seconds(environment: installed.Installed, name: str, fault: str) -> float:
    with _sink(fault) if fault != "refused" else contextlib.nullcontext("http://127.0.0.1:9") as url:
        try:
            said = _run(environment, name, "leaving", url, 100, timeout=60)
        except subprocess.TimeoutExpired:
            return 60.0
    return time.time() - said["ended"]


def _memory(environment: installed.Installed, calls: int) -> list[Figure]:
    print(f"memory over {calls:,} calls", file=sys.stderr)
    with _sink("200") as url:
        found = _run(environment, "baserun", "memory", url, calls, timeout=1_800)
    return [
        Figure(
            f"memory growth from the {calls // 10:,}th to the {calls:,}th call",
            unit="MiB",
            measured=round(found["all"] - found["tenth"], 1),
            at_most=5,
            note=f"{found['all']:.0f} MiB in all",
        )
    ]


def _run(
    environment: installed.Installed,
    name: str,
    mode: str,
    url: str,
    count: int,
    *more: str,
    hash_seed: int = 0,
    timeout: float = 300,
) -> Any:
    command = [str(environment.python), str(HERE / "worker.py"), name, mode, url, str(count), *more]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "OTEL_", "BASERUN_"))}
    # The same for all contenders of a round: it decides how the dictionaries of a process lie.
    clean["PYTHONHASHSEED"] = str(hash_seed)
    ran = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=clean, cwd="/", check=False)
    lines = [line for line in ran.stdout.splitlines() if line.startswith(("{", "[{", "[["))]
    if not lines:
        raise SystemExit(f"error: `{name}` failed in `{mode}`:\n{ran.stderr[-2_000:]}")
    return json.loads(lines[-1])


@contextlib.contextmanager
def _sink(behaviour: str) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(HERE / "sink.py"), behaviour], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def _peers(added: dict[str, dict[str, float]]) -> list[str]:
    return [name for name in added if name not in ("bare", "baserun")]


def _best(added: dict[str, dict[str, float]], key: str) -> str | None:
    return min(_peers(added), key=lambda name: added[name][key], default=None)


if __name__ == "__main__":
    sys.exit(main())
