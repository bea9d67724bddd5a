"""A data folder that holds a dataset, filled once through the front door and used again by several benches."""

import json
import sys
import time
from pathlib import Path

from .dataset import Dataset
from .load import Load
from .measure import WORK, empty
from .server import Server


def filled(data: Dataset, *, fresh: bool = False) -> Path:
    """The folder of a stopped server that stored the dataset; `fresh` fills it anew."""
    folder = WORK / "filled" / data.folder.name
    done = folder / "filled.json"
    if done.exists() and not fresh:
        print(f"using {folder}, filled {json.loads(done.read_text())['at']}", file=sys.stderr)
        return folder
    began = time.perf_counter()
    with Server(empty(folder)) as server:
        sent = Load(server.port, data.requests()).start().join()
        server.wait_stored()
        seconds = time.perf_counter() - began
        print(f"stored {sent.spans:,} spans in {seconds:.0f} s ({sent.spans / seconds:,.0f}/s)", file=sys.stderr)
        wait_for_merges(server)
    done.write_text(json.dumps({"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "seconds": seconds}))
    return folder


def wait_for_merges(server: Server, seconds: float = 180) -> None:
    """Wait until the engine has no merge under way, five times in a row."""
    quiet, until = 0, time.monotonic() + seconds
    while quiet < 5 and time.monotonic() < until:
        busy = int(server.sql("SELECT count() AS merges FROM system.merges")[0]["merges"])
        quiet = 0 if busy else quiet + 1
        time.sleep(1)
