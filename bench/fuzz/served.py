"""Hostile requests to a running server: over HTTP and gRPC, at the doors for telemetry and at those of the API."""

import contextlib
import http.client
import json
import random
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any, NamedTuple

from rich.progress import Progress

from bench.fuzz.inputs import Document, Inputs
from bench.server import Server, free_port

NEIGHBOUR_EVERY = 200
WAIT_SECONDS = 120.0
SETTLE_SECONDS = 20.0
LISTS = ("users", "sessions", "traces", "scores")
PARAMETERS = ("filter", "q", "sort", "cursor", "limit", "from", "to")
FILTERS = ("errors>0", "user_id:a", 'said:"x"', "cost_usd<1", "has:error", "tag:x", "-model~gpt", "score.x>=1")


class Outcome(NamedTuple):
    """What was seen."""

    server_errors: int
    first_error: str
    ended: int
    neighbours: int
    lost: int
    set_aside: int
    first_reason: str
    growth: float
    growth_of_each: str


def serve_hostile(folder: Path, requests: int, seed: int) -> Outcome:
    """Start a server, send so many requests, and see what is left."""
    inputs = Inputs(random.Random(seed))
    grpc_port = free_port()
    with Server(folder, BASERUN_GRPC_PORT=str(grpc_port)) as server:
        client = Client("127.0.0.1", server.port)
        _warm(server, client)
        rest = server.memory_bytes()
        pids = set(server.pids().values())
        errors: list[str] = []
        neighbours = []
        with (
            _grpc(f"127.0.0.1:{grpc_port}") as call,
            Progress(transient=True, disable=not sys.stderr.isatty()) as progress,
        ):
            bar = progress.add_task("requests to a server", total=requests)
            for number in range(requests):
                if number % NEIGHBOUR_EVERY == 0:
                    neighbours.append(f"neighbour-{number}")
                    client.send_good(neighbours[-1])
                error = _one(inputs, client, call)
                if error:
                    errors.append(error)
                progress.advance(bar)
        server.wait_stored(WAIT_SECONDS)
        lost = sum(client.status("GET", f"/api/v1/users/{name}") != 200 for name in neighbours)
        errors += _read_all(client)
        reasons = [item["reason"] for item in client.json("/api/v1/dead-letters?limit=200")["items"]]
        ours = [reason for reason in reasons if reason.startswith("`")]
        time.sleep(SETTLE_SECONDS)
        ended = len(pids - set(server.pids().values()))
        after = server.memory_bytes()
        return Outcome(
            len(errors),
            errors[0] if errors else "",
            ended,
            len(neighbours),
            lost,
            len(ours),
            ours[0] if ours else "",
            after["all"] / rest["all"],
            ", ".join(f"{name} {rest[name] >> 20} → {after[name] >> 20} MiB" for name in rest if name in after),
        )


def _one(inputs: Inputs, client: "Client", call: Any) -> str:
    """Send one request; what was wrong with the answer, if anything."""
    chance = inputs.chance
    how = chance.random()
    if how < 0.2:
        request = inputs.request()
        code = call(request.path, request.body)
        return "" if code in GRPC_ANSWERS else f"gRPC {code}"
    if how < 0.7:
        request = inputs.request()
        kind = "application/json" if request.is_json else "application/x-protobuf"
        headers = {"content-type": kind} | ({"content-encoding": request.encoding} if request.encoding else {})
        method, path, body = "POST", f"/v1/{request.path}", request.body
    elif how < 0.85:
        method, path, body = _api_body(inputs)
        headers = {"content-type": "application/json"}
    else:
        method, path, body, headers = "GET", _api_address(inputs), b"", {}
    status = client.status(method, path, body, headers)
    return f"{status} for {method} {path[:60]}" if status >= 500 else ""


GRPC_ANSWERS = ("OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED")


def _api_body(inputs: Inputs) -> tuple[str, str, bytes]:
    chance = inputs.chance
    depth = inputs.depth()
    value = chance.choice(
        (
            json.dumps(inputs.plain()),
            "[" * depth + "]" * depth,
            '{"a":' * depth + "1" + "}" * depth,
            "9" * chance.choice((19, 20, 40, 400, 5_000)),
            "NaN",
            "1e999",
            '"\\ud800"',
        )
    )
    score = f'{{"name":{json.dumps(inputs.word())},"label":"l","user_id":"u","metadata":{{"a":{value}}}}}'
    body = score.encode("utf-8", "surrogatepass")
    if chance.random() < 0.2:
        body = inputs.damaged(body)
    what = chance.randrange(4)
    if what == 0:
        return "PATCH", "/api/v1/sessions/" + _quoted(inputs.word()), body
    if what == 1:
        return "PATCH", "/api/v1/users/" + _quoted(inputs.word()), body
    return "POST", "/api/v1/scores", body


def _api_address(inputs: Inputs) -> str:
    chance = inputs.chance
    what = chance.randrange(4)
    if what == 0:
        return f"/api/v1/{chance.choice(LISTS[:3])}/{_quoted(inputs.text()[:2_000])}"
    if what == 1:
        return "/" + _quoted(inputs.word() + "a" * chance.choice((0, 100, 255, 256, 300)))
    clauses = " ".join(chance.choice(FILTERS) for _ in range(chance.choice((1, 2, 30, 300))))
    given = {name: inputs.text()[:2_000] for name in PARAMETERS if chance.random() < 0.3}
    if chance.random() < 0.3:
        given["filter"] = clauses
    return f"/api/v1/{chance.choice(LISTS)}?" + urllib.parse.urlencode(given, errors="replace")


def _quoted(word: str) -> str:
    return urllib.parse.quote(word, safe="", errors="replace") or "x"


def _read_all(client: "Client") -> list[str]:
    """Every page of everything that was stored; what could not be answered."""
    errors = []
    for name in LISTS:
        cursor = ""
        for _ in range(5):
            path = f"/api/v1/{name}?limit=200" + (f"&cursor={_quoted(cursor)}" if cursor else "")
            status, answer = client.answer("GET", path)
            if status != 200:
                errors.append(f"{status} for {path[:60]}")
                break
            page = json.loads(answer)
            for item in page["items"][:60]:
                key = item.get({"users": "user_id", "sessions": "session_id", "traces": "trace_id"}.get(name, ""))
                more = {"users": ("", "/journey", "/sessions"), "sessions": ("", "/turns")}.get(name, ("",))
                for tail in more if key else ():
                    status = client.status("GET", f"/api/v1/{name}/{_quoted(key)}{tail}")
                    if status >= 500:
                        errors.append(f"{status} for a {name[:-1]}{tail}")
            cursor = page["next_cursor"]
            if not cursor:
                break
    return errors


def _warm(server: Server, client: "Client") -> None:
    """Ordinary work, after which the processes are as large as they are at rest."""
    inputs = Inputs(random.Random(0))
    for number in range(400):
        client.send_good(f"warm-{number % 7}")
        client.status("GET", _api_address(inputs))
        for name in LISTS:
            if number % 20 == 0:
                client.status("GET", f"/api/v1/{name}")
    server.wait_stored(WAIT_SECONDS)
    time.sleep(SETTLE_SECONDS)


class Client:
    """One connection, opened again where the server closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._connection = http.client.HTTPConnection(host, port, timeout=60)

    def answer(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body."""
        for attempt in range(3):
            try:
                self._connection.request(method, path, body or None, headers or {})
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self._connection = http.client.HTTPConnection(*self._place, timeout=60)
                if attempt == 2:
                    raise
        raise AssertionError

    def status(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        """The status alone."""
        return self.answer(method, path, body, headers)[0]

    def json(self, path: str) -> Any:
        """The document that a GET answers."""
        return json.loads(self.answer("GET", path)[1])

    def send_good(self, user: str) -> None:
        """A span of somebody."""
        now = time.time_ns()
        attributes = {"user.id": user, "session.id": f"s-{user}", "gen_ai.operation.name": "chat"}
        attributes |= {"gen_ai.request.model": "gpt-4.1-mini", "gen_ai.usage.input_tokens": 3}
        span = {"trace_id": random.randbytes(16), "span_id": random.randbytes(8), "parent": b"", "name": "chat"}
        span |= {"kind": 3, "start": now - 10**9, "end": now, "attributes": attributes, "status": 0}
        span |= {"status_message": "", "events": []}
        body = Document("traces", {}, "", {}, [span]).protobuf()
        status = self.status("POST", "/v1/traces", body, {"content-type": "application/x-protobuf"})
        assert status == 200, status


@contextlib.contextmanager
def _grpc(address: str) -> Any:
    """A function that calls `Export` and answers the name of the status."""
    import grpc

    services = {
        "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    }
    with grpc.insecure_channel(address) as channel:
        methods = {path: channel.unary_unary(name) for path, name in services.items()}

        def call(path: str, body: bytes) -> str:
            try:
                methods[path](body, timeout=60)
            except grpc.RpcError as error:
                return error.code().name  # pyright: ignore[reportAttributeAccessIssue]
            return "OK"

        yield call
