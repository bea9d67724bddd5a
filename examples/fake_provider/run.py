"""The fake provider as a process of its own, for tests, benches and the demo."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FakeProvider:
    """A running fake provider."""

    url: str
    """Without a path: clients want `url + "/v1"` (OpenAI) or `url` (Anthropic)."""

    @property
    def openai_url(self) -> str:
        """What the `openai` package takes as `base_url`."""
        return self.url + "/v1"

    def calls(self) -> list[dict[str, Any]]:
        """What was received since the start, oldest first: `{path, status, headers, body, usage}`."""
        with urllib.request.urlopen(self.url + "/fake/calls") as answer:
            return json.load(answer)

    def forget(self) -> None:
        """Start counting calls anew."""
        request = urllib.request.Request(self.url + "/fake/calls", method="DELETE")
        urllib.request.urlopen(request).close()


@contextmanager
def running(*, pace: float = 0, script: Path | None = None, port: int = 0) -> Iterator[FakeProvider]:
    """Start the program, wait until it listens, and end it when the block is left."""
    command = [
        sys.executable,
        str(Path(__file__).parent),
        "--port",
        str(port),
        "--pace",
        str(pace),
        "--until-stdin-ends",
    ]
    if script is not None:
        command += ["--script", str(script)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fake provider did not start; exit code `{process.wait()}`")
        yield FakeProvider(json.loads(line)["url"])
    finally:
        process.terminate()
        process.wait(timeout=10)
