"""A real server, a real fake provider, and programs that use both, each in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bench.server import Server

from fake_provider import FakeProvider, running

RunProgram = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def provider() -> Iterator[FakeProvider]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def run_program(provider: FakeProvider, tmp_path: Path) -> RunProgram:
    """Run a Python program as people start theirs; where Baserun is, it reads from the environment."""

    def run(text: str, baserun_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "program.py"
        path.write_text(text, encoding="utf-8")
        environment = {
            **os.environ,
            "BASERUN_URL": baserun_url,
            "OPENAI_BASE_URL": provider.openai_url,
            "OPENAI_API_KEY": "any",
        }
        command = [sys.executable, str(path), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    return run
