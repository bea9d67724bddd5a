"""The application in process, with the real log, worker and engine behind it."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from baserun_server.app import create_app
from baserun_server.ingest.log import backlog_bytes
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory) -> AsyncIterator[Server]:
    """One server for all tests; each works with users and sessions of its own."""
    async with running_server(tmp_path_factory.mktemp("api")) as running:
        yield running


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
