"""A Python process and a Node process that share a session by headers: one session, one trace, one person."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from bench.server import Server
from tasks import ROOT
from tasks.node import build_typescript_sdk, build_ui, npm

from fake_provider import FakeProvider

from .conftest import RunProgram
from .test_sessions import wait_until

CALLER = """
import json
import baserun
from openai import OpenAI

baserun.init()


@baserun.trace
def ask():
    OpenAI().chat.completions.create(model="gpt-4.1-mini", messages=[{"role": "user", "content": "from Python"}])
    return baserun.inject({})


with baserun.with_session(user_identifier="ada", session_identifier="shared by two"):
    print(json.dumps(ask()))
"""

CALLED = """
import { baserun } from "baserun"
import OpenAI from "openai"

await baserun.init({ instrument: ["openai"] })
const asked = { model: "gpt-4.1-mini", messages: [{ role: "user", content: "from Node" }] }
await baserun.continueFrom(JSON.parse(process.argv[2]), () => new OpenAI().chat.completions.create(asked))
"""


@pytest.fixture(scope="module")
def node_sdk() -> Path:
    return build_typescript_sdk()


@pytest.mark.slow(12)
@pytest.mark.timeout(600)
def test_a_python_and_a_node_process_share_one_session_and_one_trace(
    server: Server, provider: FakeProvider, run_program: RunProgram, node_sdk: Path, tmp_path: Path
):
    url = f"http://127.0.0.1:{server.port}"
    caller = run_program(CALLER, url)
    assert caller.returncode == 0, caller.stderr
    headers = json.loads(caller.stdout)

    program = tmp_path / "called.mjs"
    program.write_text(CALLED, encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    environment = {
        **build_ui.environment(npm()),
        "BASERUN_URL": url,
        "OPENAI_BASE_URL": provider.openai_url,
        "OPENAI_API_KEY": "any",
    }
    called = subprocess.run(
        ["node", str(program), json.dumps(headers)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert called.returncode == 0, called.stderr

    session = wait_until(server, "/api/v1/sessions/shared%20by%20two", llm_calls=2)
    assert (session["traces"], session["llm_calls"], session["user_id"]) == (1, 2, "ada")
    trace_id = headers["traceparent"].split("-")[1]
    trace = server.get(f"/api/v1/traces/{trace_id}")
    texts = [
        message["parts"][0]["content"]
        for span in trace["spans"]
        for message in span.get("input_messages") or []
        if message["parts"]
    ]
    assert {"from Python", "from Node"} <= set(texts)
