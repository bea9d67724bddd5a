"""Datasets on disk: written once, named by what they hold, read again by every bench.

A dataset is a folder of `part-0000.otlp` files and a `manifest.json`. A part is a row of frames: kind (0 spans,
1 logs), records and length as `<BII`, then the request body. `BASERUN_BENCH_DATA` moves the folder
(default `.dev/bench/datasets`).
"""

import hashlib
import json
import os
import shutil
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .dialects import DIALECTS
from .world import COUNTS, GIANT_SESSION, MARATHON_USER, SPANS, World

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
DAYS = 29  # the server marks and moves times more than 30 days from now
_PART_BYTES = 256 << 20
_frame = struct.Struct("<BII")


class Dataset:
    """A dataset that is on disk; `manifest` holds its parameters, exact totals and samples."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.totals: dict[str, int] = self.manifest["totals"]

    def requests(self) -> Iterator[tuple[int, int, bytes]]:
        """(kind, records, body) in order of sending."""
        for part in sorted(self.folder.glob("part-*.otlp")):
            with part.open("rb") as file:
                while header := file.read(_frame.size):
                    kind, records, length = _frame.unpack(header)
                    yield kind, records, file.read(length)


def datasets_folder() -> Path:
    """Where datasets are kept."""
    return Path(os.environ.get("BASERUN_BENCH_DATA", ROOT / ".dev" / "bench" / "datasets"))


def dataset(spans: int, seed: int = 1, dialect: str = "own", days: float = DAYS) -> Dataset:
    """The dataset of these parameters that ends at today's midnight (UTC); made if it is not on disk."""
    end_us = int(time.time() // 86_400 * 86_400e6)
    source = b"".join(
        (HERE / name).read_bytes() for name in ("wire.py", "text.py", "dialects.py", "world.py", "files.py")
    )
    parameters = {"spans": spans, "seed": seed, "dialect": dialect, "days": days, "end_us": end_us}
    name = hashlib.sha256(source + json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]
    folder = datasets_folder() / f"{spans}-{dialect}-{name}"
    if not (folder / "manifest.json").exists():
        _write(folder, parameters)
    return Dataset(folder)


def _write(folder: Path, parameters: dict) -> None:
    temporary = folder.with_suffix(".making")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    kinds = {dialect.name: dialect for dialect in DIALECTS}
    start_us = parameters["end_us"] - int(parameters["days"] * 86_400e6)
    began = time.process_time()
    world = World(parameters["spans"], parameters["seed"], start_us, parameters["days"], kinds[parameters["dialect"]])
    prepared = time.process_time()
    requests = made = size = part = told = 0
    file = (temporary / "part-0000.otlp").open("wb")
    for kind, records, body in world.requests():
        file.write(_frame.pack(kind, records, len(body)) + body)
        requests += 1
        size += len(body)
        made += records if kind == SPANS else 0
        if size > _PART_BYTES:
            file.close()
            part, size = part + 1, 0
            file = (temporary / f"part-{part:04}.otlp").open("wb")
        if made - told >= 250_000:
            told = made
            print(f"dataset: {made:,} of {parameters['spans']:,} spans", file=sys.stderr)
    file.close()
    seconds = time.process_time() - prepared
    print(
        f"dataset: {made:,} spans in {seconds:.1f} s ({made / seconds:,.0f}/s; {prepared - began:.1f} s to prepare),"
        f" {world.bytes / made:,.0f} bytes a span",
        file=sys.stderr,
    )
    manifest = parameters | _totals(world) | {"start_us": start_us, "requests": requests, "seconds": seconds}
    (temporary / "manifest.json").write_text(json.dumps(manifest))
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


def _totals(world: World) -> dict:
    def named(counts: list[int]) -> dict[str, int]:
        return dict(zip(COUNTS, counts, strict=True))

    everything = named([sum(column) for column in zip(*world.users.values(), strict=True)])
    by_spans = sorted(world.users.items(), key=lambda item: -item[1][0])
    chosen = by_spans[:20] + by_spans[20 :: max(1, len(by_spans) // 50)]
    return {
        "totals": everything | {"users": len(world.users), "records": world.records, "bytes": world.bytes},
        "users": {user.decode(): named(counts) for user, counts in chosen},
        "sessions": {session.decode(): named(counts) for session, counts in world.sessions.items()},
        "traces": world.traces,
        "giant_session": GIANT_SESSION.decode(),
        "giant_user": next(user for user, _ in by_spans if user != MARATHON_USER).decode(),
    }
