"""What the TypeScript SDK adds to an OpenAI call, beside the packages of the field, in one run.

Every variant runs in processes of its own, interleaved, several rounds; what is compared is each process's own median
in its quietest round, less the client alone. The client alone runs twice a round: what its two halves differ by is the
noise. See README.md beside this file for the method.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.measure import WORK
from bench.table import ROOT, Figure, report

HERE = Path(__file__).parent
FOLDER = WORK / "sdk_ts"
SDK = ROOT / "sdk" / "typescript"
OPENAI = "openai@6.49.0"
OTEL = ["@opentelemetry/api", "@opentelemetry/sdk-trace-node", "@opentelemetry/sdk-trace-base"]
PEERS = {
    "openinference": [
        "@arizeai/openinference-instrumentation-openai",
        *OTEL,
        "@opentelemetry/exporter-trace-otlp-proto",
        "@opentelemetry/instrumentation",
        "@opentelemetry/resources",
    ],
    "langfuse": ["@langfuse/openai", "@langfuse/otel", "@langfuse/tracing", "@opentelemetry/sdk-node", OTEL[0]],
    "langsmith": ["langsmith"],
    "traceloop": ["@traceloop/node-server-sdk"],
}
"""The first package of each is the peer, the rest is what its README adds to it."""
BARE, NOISE = "bare", "bare again"
TROUBLES = {"is not there": "", "hangs": "/hang", "answers 500": "/500", "answers 429": "/429"}
"""What may be wrong with the server, and below which path of the sink it is."""


def main() -> int:
    """Install, measure, report."""
    parser = argparse.ArgumentParser(prog="python -m bench.sdk_ts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="processes of each variant (default 7)")
    parser.add_argument("--calls", type=int, default=2000, help="plain calls a process (default 2000)")
    parser.add_argument("--streams", type=int, default=300, help="streams of 50 chunks a process (default 300)")
    parser.add_argument(
        "--trouble-calls", type=int, default=25_000, help="calls while the server is in trouble (default 25000)"
    )
    parser.add_argument("--peer", choices=sorted(PEERS), help="only this peer")
    arguments = parser.parse_args()
    peers = [arguments.peer] if arguments.peer else list(PEERS)
    variants = [BARE, "baserun", *peers]

    for variant in variants:
        _install(variant)
    sink = subprocess.Popen(["node", str(HERE / "sink.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert sink.stdout is not None
        url = sink.stdout.readline().strip()
        rows = _measure([*variants, NOISE], url, arguments.rounds, arguments.calls, arguments.streams)
        figures = _figures(rows, peers) + _trouble(url, arguments.trouble_calls)
    finally:
        sink.terminate()
    return report("sdk-ts", figures)


def _install(variant: str) -> None:
    """Install a variant into a folder of its own, once; ours is packed afresh, as it would be published."""
    folder = FOLDER / variant
    folder.mkdir(parents=True, exist_ok=True)
    packages = PEERS.get(variant, [])
    if variant == "baserun":
        packed = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", str(FOLDER)],
            cwd=SDK,
            check=True,
            capture_output=True,
            text=True,
        )
        packages = [str(FOLDER / packed.stdout.strip().splitlines()[-1])]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    if not (folder / "node_modules").exists():
        print(f"installing {variant} …", flush=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", OPENAI, *packages]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    for program in (HERE / "measure.mjs", HERE / "variants" / f"{variant}.mjs"):
        shutil.copy(program, folder)


def _measure(variants: list[str], url: str, rounds: int, calls: int, streams: int) -> dict[str, list[dict[str, float]]]:
    """Run every variant once a round, in turns from either end; a sink in a process of its own takes what they send."""
    rows: dict[str, list[dict[str, float]]] = {variant: [] for variant in variants}
    for turn in range(rounds):
        for variant in variants if turn % 2 == 0 else reversed(variants):
            rows[variant].append(_run(BARE if variant == NOISE else variant, url, calls, streams))
        print(f"round {turn + 1} of {rounds}", flush=True)
    return rows


def _run(variant: str, url: str, calls: int, streams: int, in_trouble: bool = False) -> dict[str, float]:
    """Run one process; beside its figures, `exit_s` is how long it took to end once it had no more to do."""
    process = subprocess.Popen(
        ["node", "measure.mjs", variant, url, str(calls), str(streams)],
        cwd=FOLDER / variant,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **({"IN_TROUBLE": "1"} if in_trouble else {})},
    )
    assert process.stdout is not None
    said, row, done = "", "", 0.0
    for line in process.stdout:
        said += line
        # Packages of the field say things of their own.
        if line.startswith('{"call_us"'):
            row, done = line, time.monotonic()
    if process.wait() != 0:
        raise SystemExit(f"error: {variant} failed\n{said}")
    return {**json.loads(row), "exit_s": time.monotonic() - done}


def _trouble(url: str, calls: int) -> list[Figure]:
    """What calls cost while nothing can be delivered, more of them than the queue holds; and what the end costs."""
    alone = _run(BARE, url, calls, 0)
    figures = []
    for what, path in TROUBLES.items():
        row = _run("baserun", url + path if path else "http://127.0.0.1:9", calls, 0, in_trouble=True)
        added = row["call_us"] - alone["call_us"]
        note = f"the client alone {alone['call_us']:.0f}; mean {row['call_mean_us'] - alone['call_mean_us']:.0f}"
        figures += [
            Figure(f"server {what}: added wall, plain call (median)", "µs", added, at_most=35, note=note),
            Figure(f"server {what}: memory beside the client alone", "MiB", row["rss_mb"] - alone["rss_mb"]),
            Figure(f"server {what}: end of the process", "s", row["exit_s"], at_most=2.5),
        ]
    return figures


def _figures(rows: dict[str, list[dict[str, float]]], peers: list[str]) -> list[Figure]:
    """One line for each figure that is asked, and one for how far the best peer is away."""
    names = {peer: f"{PEERS[peer][0]} {_version(peer)}" for peer in peers}
    figures = []
    for what, key, asked in (
        ("added wall, plain call (median)", "call_us", 35),
        ("added CPU of the process, plain call", "call_cpu_us", 100),
        ("added time to the first chunk (median)", "first_us", 20),
        ("added wall, stream of 50 chunks (median)", "stream_us", 100),
        ("added CPU of the process, stream of 50 chunks", "stream_cpu_us", None),
    ):
        bare = min(row[key] for row in rows[BARE] + rows[NOISE])
        # Whatever else the machine does only ever adds.
        added = {name: min(row[key] for row in rows[name]) - bare for name in rows}
        noise = abs(added[BARE] - added[NOISE])
        best = min(peers, key=lambda peer: added[peer])
        note = (
            "; ".join(f"{peer} {added[peer]:.0f}" for peer in peers)
            + f"; the client alone {bare:.0f}; noise {noise:.0f}"
        )
        figures.append(
            Figure(what, "µs", added["baserun"], at_most=asked, peer=names[best], peer_measured=added[best], note=note)
        )
        if asked:
            # Where we cost less than can be told from nothing, the noise stands for it.
            times = added[best] / max(added["baserun"], noise, 1)
            figures.append(Figure(f"{what}: times below the best peer", "×", times, at_least=3))

    for what, key, asked in (("init()", "init_ms", 20), ("import", "import_ms", None)):
        measured = {name: median(row[key] for row in rows[name]) for name in rows if name != NOISE}
        best = min(peers, key=lambda peer: measured[peer])
        figures.append(
            Figure(what, "ms", measured["baserun"], at_most=asked, peer=names[best], peer_measured=measured[best])
        )

    size = {name: _installed(name) for name in rows if name != NOISE}
    for what, unit, which, asked in (("install beyond openai's", "MB", 0, 2), ("packages beyond openai's", "", 1, 10)):
        more = {name: size[name][which] - size[BARE][which] for name in size}
        best = min(peers, key=lambda peer: more[peer])
        figures.append(Figure(what, unit, more["baserun"], at_most=asked, peer=names[best], peer_measured=more[best]))
    return figures


def _installed(variant: str) -> tuple[float, int]:
    """Megabytes of the files in a variant's node_modules, and how many packages they are."""
    root = FOLDER / variant / "node_modules"
    lock = json.loads((root / ".package-lock.json").read_text())
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return size / 1e6, len(lock["packages"])


def _version(peer: str) -> str:
    described = FOLDER / peer / "node_modules" / PEERS[peer][0] / "package.json"
    return str(json.loads(described.read_text())["version"])


if __name__ == "__main__":
    sys.exit(main())
