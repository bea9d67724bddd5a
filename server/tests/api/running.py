"""A server to ask: the application in process, with the real log, worker and engine behind it; and what to send it."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from baserun_server.app import create_app
from baserun_server.ingest.log.cursor import backlog_bytes
from baserun_server.settings import Settings


class Server:
    """A running server, spoken to without a socket."""

    def __init__(self, app, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client

    async def send(self, kind: str, body: dict) -> None:
        """Send OTLP/JSON to `/v1/traces` or `/v1/logs`."""
        answer = await self.client.post(f"/v1/{kind}", json=body)
        assert answer.status_code == 200, answer.text

    async def get(self, path: str, **parameters) -> dict:
        """The document at an address of the API."""
        answer = await self.client.get(f"/api/v1{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refusal(self, path: str, status: int = 400, **parameters) -> dict:
        """The error at an address of the API."""
        answer = await self.client.get(f"/api/v1{path}", params=parameters)
        assert answer.status_code == status, answer.text
        return answer.json()["error"]

    async def settled(self, timeout_s: float = 20.0) -> None:
        """Wait until everything that was acknowledged can be read."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if backlog_bytes(self.app.state.log.folder) == 0:
                ready = await self.client.get("/readyz")
                if ready.status_code == 200:
                    return
            await asyncio.sleep(0.02)
        raise AssertionError("what was sent did not become readable")


@contextlib.asynccontextmanager
async def running_server(folder: Path, **settings) -> AsyncIterator[Server]:
    """A server on a folder of its own, until the end of the block."""
    app = create_app(Settings(data_dir=folder, batch_interval_ms=50, **settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:4318", timeout=30) as client:
            server = Server(app, client)
            await server.settled()
            yield server


def attribute(key: str, value) -> dict:
    """An OTLP attribute of a value; lists of texts as arrays, other structures as JSON text."""
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return {"key": key, "value": {"arrayValue": {"values": [{"stringValue": item} for item in value]}}}
    text = value if isinstance(value, str) else json.dumps(value)
    return {"key": key, "value": {"stringValue": text}}


_spans_made = iter(range(1, 1 << 60))


def span(
    trace: int | str, *, at_ns: int, lasts_ms: float = 500, error: str = "", parent: str = "", **attributes
) -> dict:
    """An OTLP span; attributes by their wire name with `__` for `.`."""
    trace_id = trace if isinstance(trace, str) else f"{trace:032x}"
    made = {
        "traceId": trace_id,
        "spanId": f"{next(_spans_made):016x}",
        "name": attributes.pop("name", "step"),
        "kind": 1,
        "startTimeUnixNano": str(at_ns),
        "endTimeUnixNano": str(at_ns + int(lasts_ms * 1_000_000)),
        "status": {"code": 2, "message": error} if error else {},
        "attributes": [
            attribute(key.replace("__", "."), value) for key, value in attributes.items() if value is not None
        ],
    }
    return {**made, "parentSpanId": parent} if parent else made


def call(trace: int | str, *, said: str = "Hi", answer: str = "Hello!", history: list | None = None, **given) -> dict:
    """An LLM call as our SDKs send it."""
    attributes = {
        "name": "chat gpt-4.1-mini",
        "baserun__span__kind": "llm",
        "gen_ai__operation__name": "chat",
        "gen_ai__provider__name": "openai",
        "gen_ai__request__model": "gpt-4.1-mini",
        "gen_ai__usage__input_tokens": 10,
        "gen_ai__usage__output_tokens": 5,
        "gen_ai__input__messages": [*(history or []), message("user", said)],
        "gen_ai__output__messages": [message("assistant", answer)] if answer else [],
    }
    return span(trace, **{**attributes, **given})


def message(role: str, text: str) -> dict:
    """A message in parts form."""
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def traces_of(*spans: dict, **resource) -> dict:
    """An OTLP request for traces."""
    attributes = [attribute(key.replace("__", "."), value) for key, value in resource.items()]
    scope = {"scope": {"name": "baserun"}, "spans": list(spans)}
    return {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [scope]}]}
