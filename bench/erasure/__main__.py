"""How long until nothing of an erased person is in the data folder, of few spans and of many, while others send on.

The moment that counts is the receipt's `purged`. At that moment every byte of the folder is searched for the person's
words, and every table, deleted rows included. Afterwards a late span is sent, and the time until it has left the log.
"""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.dataset import dataset
from bench.load import Load
from bench.measure import WORK, empty, options
from bench.server import Server
from bench.table import Figure, report

SPANS_A_REQUEST = 250
ASKED_SECONDS = 600.0
LATE_SECONDS = 120.0
OTHERS_SPANS, OTHERS_SPANS_PER_SECOND = 100_000, 200


def main() -> int:
    """Measure and report."""
    parser = options("erasure", __doc__, 50_000)
    parser.add_argument("--few", type=int, default=25, help="spans of the person who has few (default 25)")
    parser.add_argument("--crowd", type=int, default=100_000, help="spans of everybody else (default 100,000)")
    arguments = parser.parse_args()
    figures = []
    with Server(empty(WORK / "erasure")) as server:
        crowd = dataset(arguments.crowd, arguments.seed)
        Load(server.port, crowd.requests()).start().join()
        server.wait_stored()
        for spans in (arguments.few, arguments.spans):
            figures += _erase(server, spans, arguments.seed + spans)
    return report("erasure", figures, packages=["baserun-server", "chdb-core"])


def _erase(server: Server, spans: int, seed: int) -> list[Figure]:
    person, words = f"ada-{spans}@example.com", [f"ada-{spans}@example.com", f"secret-of-ada-{spans}", f"hers-{spans}"]
    for start in range(0, spans, SPANS_A_REQUEST):
        _send(server, person, words, range(start, min(start + SPANS_A_REQUEST, spans)))
    server.wait_stored()
    others = dataset(OTHERS_SPANS, seed)
    load = Load(server.port, others.requests(), connections=2, spans_per_second=OTHERS_SPANS_PER_SECOND).start()
    try:
        began = time.monotonic()
        erasure_id = _ask(server, "DELETE", f"/api/v1/users/{person}")["erasure_id"]
        erased_s = _until(server, erasure_id, ("erased", "purged"), began)
        purged_s = _until(server, erasure_id, ("purged",), began)
        found = [*_files_with(server.data, words), *_tables_with(server, words)]
        _send(server, person, words, range(1))
        late_s = _until_gone(server.data, words)
    finally:
        sent = load.stop()
    who = f"a person of {spans:,} spans"
    return [
        Figure(f"{who}: until no query finds anything", "s", round(erased_s, 1)),
        Figure(f"{who}: until `purged`", "s", round(purged_s, 1), at_most=ASKED_SECONDS),
        Figure(f"{who}: places with a word of theirs at `purged`", "places", len(found), at_most=0),
        Figure(f"{who}: until a late span has left the log", "s", round(late_s, 1), at_most=LATE_SECONDS),
        Figure(f"{who}: spans of others acknowledged meanwhile", "spans", sent.spans, at_least=1),
    ]


def _send(server: Server, person: str, words: list[str], numbers: range) -> None:
    now_ns = time.time_ns()
    spans = []
    for number in numbers:
        attributes = {
            "user.id": person,
            "session.id": f"{words[2]}-{number // 50}",
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4.1-mini",
            "gen_ai.input.messages": json.dumps(
                [{"role": "user", "parts": [{"type": "text", "content": f"{words[1]} {number}"}]}]
            ),
        }
        spans.append(
            {
                "traceId": f"{now_ns:016x}{number // 5:016x}",
                "spanId": f"{number + 1:016x}",
                "name": "chat",
                "startTimeUnixNano": str(now_ns - 10**9),
                "endTimeUnixNano": str(now_ns),
                "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
            }
        )
    document = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "bench"}, "spans": spans}]}]}
    _ask(server, "POST", "/v1/traces", document)


def _ask(server: Server, method: str, path: str, document: Any = None) -> Any:
    body = None if document is None else json.dumps(document).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", body, headers, method=method)
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.loads(answer.read() or b"null")


def _until(server: Server, erasure_id: str, states: tuple[str, ...], began: float) -> float:
    while time.monotonic() - began < 3 * ASKED_SECONDS:
        if server.get(f"/api/v1/erasures/{erasure_id}")["state"] in states:
            return time.monotonic() - began
        time.sleep(0.2)
    raise RuntimeError(f"erasure `{erasure_id}` did not become {states}: look at {server.data / 'server.out'}")


def _until_gone(folder: Path, words: list[str]) -> float:
    began = time.monotonic()
    time.sleep(2)
    while _files_with(folder, words):
        if time.monotonic() - began > 3 * LATE_SECONDS:
            raise RuntimeError(f"what came late does not leave `{folder}`")
        time.sleep(0.5)
    return time.monotonic() - began


def _files_with(folder: Path, words: list[str]) -> list[str]:
    command = ["grep", "-rlaF", *(part for word in words for part in ("-e", word)), str(folder)]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return [path for path in found if not path.endswith("server.out")]


def _tables_with(server: Server, words: list[str]) -> list[str]:
    """Tables that hold one of the words, also in rows that are only marked as deleted."""
    found = []
    for row in server.sql("SELECT name FROM system.tables WHERE database = currentDatabase()"):
        any_word = " OR ".join(f"position(text, '{word}') > 0" for word in words)
        text = f"SELECT count() AS n FROM (SELECT toString(tuple(*)) AS text FROM {row['name']}) WHERE {any_word}"
        if server.sql(f"{text} SETTINGS apply_deleted_mask = 0, max_execution_time = 600")[0]["n"]:
            found.append(row["name"])
    return found


if __name__ == "__main__":
    sys.exit(main())
