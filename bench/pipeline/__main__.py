"""What the steps between the log and the store cost a span, in CPU time of one core.

    python -m bench.pipeline [--spans N] [--dialect own|openinference]

`check` is what the front does before it acknowledges; the others are the worker's.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.dataset import SPANS, dataset
from bench.table import Figure, report

from baserun_server.ingest import decode
from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.normalise import normalise
from baserun_server.ingest.otlp.encode import encode
from baserun_server.ingest.otlp.sent import SentSpan
from baserun_server.ingest.pipeline import Pipeline
from baserun_server.ingest.price import price
from baserun_server.ingest.redaction.redact import Redaction
from baserun_server.settings import Settings

ROUNDS = 7
LIMIT_US = 30
"""15,000 spans/s on two cores, of which the engine takes more than one."""


def main() -> int:
    """Measure, print, and say whether it is as quick as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=4_000)
    parser.add_argument("--dialect", choices=("own", "openinference"), default="own")
    options = parser.parse_args()

    loaded = dataset(options.spans, dialect=options.dialect)
    bodies = [body for kind, _, body in loaded.requests() if kind == SPANS]
    pipeline = Pipeline.of(Settings())
    received_us = time.time_ns() // 1000
    entries = [Entry("p", received_us, "traces", "application/x-protobuf", "", body) for body in bodies]
    records = [Record(Position(1, n), Position(1, n + 1), entry) for n, entry in enumerate(entries)]
    decoded = [decode.decode("traces", False, body) for body in bodies]
    sent = [span for request in decoded for span in request.spans]
    spans = [normalise(span, "p", received_us) for span in sent]

    def each(step: Callable[[Any], Any], items: list[Any]) -> float:
        return median(cpu_seconds(step, items) for _ in range(ROUNDS)) / len(sent) * 1e6

    figures = {
        "check": each(lambda body: decode.check("traces", False, body), bodies),
        "decode": each(lambda body: decode.decode("traces", False, body), bodies),
        "normalise": each(lambda span: normalise(span, "p", received_us), sent),
        "price": each(lambda span: price(span, pipeline.prices), spans),
        "search for secrets": each(pipeline.redaction.may_concern, bodies),
        "look through records of a request with a secret": each(pipeline.redaction.redact, decoded),
        "look through texts of a record with a secret": each(lambda span: looked_at(pipeline.redaction, span), sent),
        "all of it, from log to batch": each(lambda _: pipeline.read_all(records, "t"), [None]),
    }
    figures["redact before the log, where there may be a secret"] = each(before_log_of(pipeline.redaction), bodies)
    asked = {"decode, normalise, price": figures["decode"] + figures["normalise"] + figures["price"]}
    size_bytes = sum(map(len, bodies)) / len(sent)
    rows = [Figure("bytes a span", unit="B", measured=round(size_bytes))]
    rows += [Figure(name, unit="µs/span", measured=round(us, 1)) for name, us in figures.items()]
    rows += [Figure(name, unit="µs/span", measured=round(us, 1), at_most=LIMIT_US) for name, us in asked.items()]
    return report("pipeline", rows, packages=["baserun-server", "protobuf", "orjson"])


def looked_at(redaction: Redaction, span: SentSpan) -> None:
    """Every value of a span, as where one of them has the look of a secret."""
    for field in ("name", "status_message", "attributes"):
        redaction.clean(getattr(span, field))


def before_log_of(redaction: Redaction) -> Callable[[Any], Any]:
    """What the front does more with a request of a project that asks for redaction before the log."""

    def clean(request: bytes) -> None:
        decoded = decode.decode("traces", False, request)
        redaction.redact(decoded)
        encode(decoded)

    return clean


def cpu_seconds(step: Callable[[Any], Any], items: list[Any]) -> float:
    """CPU time of a step over all items, without the collector, as in the worker."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    for item in items:
        step(item)
    spent = time.process_time() - began
    gc.enable()
    return spent


if __name__ == "__main__":
    sys.exit(main())
