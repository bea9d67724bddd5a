"""One server for all tests of the API."""

from collections.abc import AsyncIterator

import pytest_asyncio

from .running import Server, running_server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory) -> AsyncIterator[Server]:
    """One server for all tests; each works with users and sessions of its own."""
    async with running_server(tmp_path_factory.mktemp("api")) as running:
        yield running
