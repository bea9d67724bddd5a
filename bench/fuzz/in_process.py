"""Hostile inputs through the code of front and worker, on every core, without a server."""

import base64
import collections
import gc
import json
import multiprocessing
import os
import random
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson
from rich.progress import Progress

from baserun_server.errors import Refused
from baserun_server.ingest.decode import check
from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.otlp.compression import decompress
from baserun_server.ingest.pipeline import Pipeline, join
from baserun_server.model import Batch
from baserun_server.settings import Settings
from baserun_server.store.facts.rows import SPAN_JSON
from baserun_server.store.inserts import inserts_of
from baserun_server.store.touched import touched_by
from baserun_server.writing_out import write_spans_out
from bench.fuzz.inputs import Document, Inputs, Request
from bench.table import Figure

BATCH = 16
"""Hostile requests among which one neighbour must come through."""
CHUNK = 2_000
RECEIVED_US = 1_795_000_000_000_000
LARGEST_BYTES = 128 << 20
SHOWN_FAULTS = 10
SAID_EVERY = 50 * CHUNK
"""Inputs after which a log hears how far it is, where there is no bar."""


class Count(NamedTuple):
    """What a chunk of inputs came to."""

    outcomes: dict[str, int]
    faults: list[tuple[str, str]]
    """The fault and its place, and the request in base64."""
    seconds_longest: float
    rest_mib: float
    """Memory of the process before its first input, in MiB, and after this chunk."""
    left_mib: float


def in_process(inputs: int, seed: int) -> list[Figure]:
    """So many inputs through the code of front and worker, on every core."""
    chunks = [(seed * 1_000_003 + n, min(CHUNK, inputs - n * CHUNK)) for n in range(-(-inputs // CHUNK))]
    total: collections.Counter[str] = collections.Counter()
    faults: dict[str, str] = {}
    longest, growth, done = 0.0, 0.0, 0
    with (
        # One that tells where a process of it died, as `multiprocessing.Pool` does not.
        ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool,
        Progress(transient=True, disable=not sys.stderr.isatty()) as progress,
    ):
        bar = progress.add_task("inputs in process", total=inputs)
        for count in pool.map(chunk, chunks):
            total.update(count.outcomes)
            faults.update(dict(count.faults))
            longest = max(longest, count.seconds_longest)
            growth = max(growth, count.left_mib / count.rest_mib)
            progress.advance(bar, CHUNK)
            done += CHUNK
            if done % SAID_EVERY == 0 and not sys.stderr.isatty():
                print(f"{done:,} of {inputs:,} inputs, {len(faults)} kinds of faults", file=sys.stderr, flush=True)
    for place, body in list(faults.items())[:SHOWN_FAULTS]:
        print(f"fault: {place}\n  {body[:400]}", file=sys.stderr)
    return [
        Figure("inputs in process", "", inputs),
        Figure("acknowledged", "", total["stored"] + total["set aside"]),
        Figure("refused at the door", "", total["refused"]),
        Figure("faults that nothing caught", "", total["fault"], at_most=0),
        Figure("neighbours lost", "", total["neighbour lost"], at_most=0),
        Figure("set aside for a fault of ours", "", total["set aside"], at_most=0),
        Figure("longest of a batch of 16 inputs", "s", longest),
        Figure("memory afterwards, of that at rest", "×", growth, at_most=1.2),
    ]


def chunk(job: tuple[int, int]) -> Count:
    """One chunk, in a process of the pool."""
    seed, number = job
    sys.setrecursionlimit(1_000)
    inputs, pipeline = Inputs(random.Random(seed)), _pipeline()
    rest_mib = _rest_mib(inputs, pipeline)
    outcomes: collections.Counter[str] = collections.Counter()
    faults: list[tuple[str, str]] = []
    longest = 0.0
    while number > 0:
        requests = [inputs.request() for _ in range(min(BATCH, number))]
        number -= len(requests)
        began = time.perf_counter()
        found = outcomes_of(requests, pipeline, faults)
        longest = max(longest, time.perf_counter() - began)
        outcomes.update(found)
    gc.collect()
    return Count(dict(outcomes), faults[:SHOWN_FAULTS], longest, rest_mib, _rss_mib())


_made: dict[str, Any] = {}


def _pipeline() -> Pipeline:
    if "pipeline" not in _made:
        _made["pipeline"] = Pipeline.of(Settings())
    return _made["pipeline"]


def _rest_mib(inputs: Inputs, pipeline: Pipeline) -> float:
    """Memory at rest: after ordinary work, with the libraries loaded and their caches filled."""
    if "rest" not in _made:
        warm = Inputs(random.Random(0))
        for _ in range(100):
            outcomes_of([warm.request() for _ in range(BATCH)], pipeline, [])
        gc.collect()
        _made["rest"] = _rss_mib()
    return _made["rest"]


def _rss_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not say how much memory a process has")


def outcomes_of(requests: list[Request], pipeline: Pipeline, faults: list[tuple[str, str]]) -> list[str]:
    """What becomes of each request, and of the neighbour that was read with them."""
    outcomes, accepted = [], []
    for request in requests:
        try:
            body = decompress(request.body, request.encoding, LARGEST_BYTES)
            holds = check("traces" if request.path == "traces" else "logs", request.is_json, body)
        except Refused:
            outcomes.append("refused")
        except BaseException as error:
            outcomes.append("fault")
            faults.append((_place("front", error), _quoted(request)))
        else:
            accepted.append(request) if holds else outcomes.append("empty")
    try:
        letters = stored(accepted, pipeline)
    except BaseException as error:
        outcomes.append("fault")
        faults.append((_place("worker", error), " ".join(map(_quoted, accepted))))
        return outcomes
    if letters is None:
        outcomes.append("neighbour lost")
        return outcomes
    ours = [reason for reason in letters if reason.startswith("`")]
    faults += [(f"set aside: {reason}", "") for reason in ours]
    return [*outcomes, *["set aside"] * len(ours), *["stored"] * (len(accepted) - len(ours))]


def stored(requests: list[Request], pipeline: Pipeline) -> list[str] | None:
    """The reasons of what was set aside when requests are read in one batch; None where the neighbour is gone."""
    neighbour = good_request("neighbour")
    middle = len(requests) // 2
    batch, letters = Batch("t", [], [], [], [], []), []
    for number, request in enumerate([*requests[:middle], neighbour, *requests[middle:]]):
        kind = "application/json" if request.is_json else "application/x-protobuf"
        path = "traces" if request.path == "traces" else "logs"
        entry = Entry("p", RECEIVED_US, path, kind, request.encoding, request.body)
        known = len(batch.spans)
        letters += pipeline.read(Record(Position(1, number), Position(1, number + 1), entry), batch)
        write_spans_out(batch.spans[known:])
    join(batch)
    inserts_of(batch)
    touched_by(batch)
    for span in batch.spans:
        for field in SPAN_JSON:
            value = getattr(span, field)
            if isinstance(value, msgspec.Raw):
                orjson.loads(bytes(value))
    if not any(span.user_id == "neighbour" for span in batch.spans):
        return None
    return [letter.reason for letter in letters]


def good_request(user: str) -> Request:
    """A request of an ordinary application."""
    now = 1_795_000_000_000_000_000
    messages = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "hello"}]}])
    attributes = {"user.id": user, "session.id": f"s-{user}", "gen_ai.operation.name": "chat"}
    attributes |= {"gen_ai.request.model": "gpt-4.1-mini", "gen_ai.input.messages": messages}
    span = {"trace_id": os.urandom(16), "span_id": os.urandom(8), "parent": b"", "name": "chat", "kind": 3}
    span |= {
        "start": now,
        "end": now + 10**9,
        "attributes": attributes,
        "status": 0,
        "status_message": "",
        "events": [],
    }
    return Request("traces", False, "", Document("traces", {}, "", {}, [span]).protobuf())


def _place(side: str, error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{side}: {type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"


def _quoted(request: Request) -> str:
    return f"{request.path} {request.is_json} {request.encoding} {base64.b64encode(request.body[:3000]).decode()}"
