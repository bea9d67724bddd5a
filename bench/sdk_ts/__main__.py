"""What the TypeScript SDK adds to an OpenAI call, beside the packages of the field, in one run.

Every variant runs in processes of its own, interleaved, several rounds; what is compared is the median over the rounds
of each process's own median, less the client alone. See README.md beside this file for the method.
"""

import argparse
import json
import shutil
import subprocess
import sys
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


def main() -> int:
    """Install, measure, report."""
    parser = argparse.ArgumentParser(prog="python -m bench.sdk_ts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="processes of each variant (default 7)")
    parser.add_argument("--calls", type=int, default=1000, help="plain calls a process (default 1000)")
    parser.add_argument("--streams", type=int, default=250, help="streams of 50 chunks a process (default 250)")
    parser.add_argument("--peer", choices=sorted(PEERS), help="only this peer")
    arguments = parser.parse_args()
    peers = [arguments.peer] if arguments.peer else list(PEERS)
    variants = ["bare", "baserun", *peers]

    for variant in variants:
        _install(variant)
    rows = _measure(variants, arguments.rounds, arguments.calls, arguments.streams)
    return report("sdk-ts", _figures(rows, peers))


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


def _measure(variants: list[str], rounds: int, calls: int, streams: int) -> dict[str, list[dict[str, float]]]:
    """Run every variant once a round; a sink in a process of its own takes what they send."""
    rows: dict[str, list[dict[str, float]]] = {variant: [] for variant in variants}
    sink = subprocess.Popen(["node", str(HERE / "sink.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert sink.stdout is not None
        url = sink.stdout.readline().strip()
        for turn in range(rounds):
            for variant in variants:
                command = ["node", "measure.mjs", variant, url, str(calls), str(streams)]
                done = subprocess.run(command, cwd=FOLDER / variant, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise SystemExit(f"error: {variant} failed\n{done.stderr}")
                rows[variant].append(json.loads(done.stdout.strip().splitlines()[-1]))
            print(f"round {turn + 1} of {rounds}", flush=True)
    finally:
        sink.terminate()
    return rows


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
        bare = median(row[key] for row in rows["bare"])
        added = {name: median(row[key] for row in rows[name]) - bare for name in rows if name != "bare"}
        best = min(peers, key=lambda peer: added[peer])
        note = "; ".join(f"{peer} {added[peer]:.0f}" for peer in peers) + f"; the client alone {bare:.0f}"
        figures.append(
            Figure(what, "µs", added["baserun"], at_most=asked, peer=names[best], peer_measured=added[best], note=note)
        )
        if asked:
            # Where we cost less than can be told from nothing, a microsecond stands for it.
            times = added[best] / max(added["baserun"], 1)
            figures.append(Figure(f"{what}: times below the best peer", "×", times, at_least=3))

    for what, key, asked in (("init()", "init_ms", 20), ("import", "import_ms", None)):
        measured = {name: median(row[key] for row in rows[name]) for name in rows}
        best = min(peers, key=lambda peer: measured[peer])
        figures.append(
            Figure(what, "ms", measured["baserun"], at_most=asked, peer=names[best], peer_measured=measured[best])
        )

    size = {name: _installed(name) for name in rows}
    for what, unit, which, asked in (("install beyond openai's", "MB", 0, 2), ("packages beyond openai's", "", 1, 10)):
        more = {name: size[name][which] - size["bare"][which] for name in rows}
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
