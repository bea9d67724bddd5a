"""The page *Users and sessions*, lived through: two processes, one person, one session."""

import time
from hashlib import sha256
from typing import Any

import pytest
from bench.server import Server

from .conftest import RunProgram

pytestmark = pytest.mark.slow(14)

START = """
from hashlib import sha256

import baserun
from openai import OpenAI

baserun.init()


def run_chatbot():
    OpenAI().chat.completions.create(model="gpt-4.1-mini", messages=[{"role": "user", "content": "Hello"}])


with baserun.with_session(user_identifier=sha256(b"user@example.com").hexdigest()) as session:
    session_id = session.id
    run_chatbot()
print(session_id)
"""

RESUME = """
import sys
from hashlib import sha256

import baserun
import openai


def example():
    response = openai.chat.completions.create(
        model="gpt-3.5-turbo",
        messages=[{"role": "user", "content": 'Say "this is a test"'}],
    )
    return response.choices[0].message


if __name__ == "__main__":
    session_id = sys.argv[1]
    baserun.init()

    with baserun.with_session(user_identifier=sha256(b"user@example.com").hexdigest(), session_identifier=session_id):
        print(example())
"""

AUTOMATIC = """
from hashlib import sha256

import baserun
from openai import OpenAI

baserun.init()
OpenAI().chat.completions.create(
    model="gpt-3.5-turbo",
    messages=[{"role": "user", "content": "Who am I?"}],
    user=sha256(b"somebody@example.com").hexdigest(),
)
"""

SOMEBODY = sha256(b"somebody@example.com").hexdigest()


def wait_until(server: Server, path: str, **wanted: Any) -> dict[str, Any]:
    """The answer of an address once it has these values; the last one where that takes longer than it ever should."""
    until, answer = time.monotonic() + 60, {}
    while time.monotonic() < until:
        try:
            answer = server.get(path)
        except RuntimeError:
            answer = {}
        if all(answer.get(name) == value for name, value in wanted.items()):
            break
        time.sleep(0.1)
    return answer


def test_a_session_resumed_in_another_process_is_the_same_session(server: Server, run_program: RunProgram):
    url = f"http://127.0.0.1:{server.port}"
    session_id = run_program(START, url).stdout.strip()
    resumed = run_program(RESUME, url, session_id)
    assert resumed.returncode == 0, resumed.stderr
    session = wait_until(server, f"/api/v1/sessions/{session_id}", traces=2)
    assert (session["traces"], session["llm_calls"], session["errors"]) == (2, 2, 0)
    user = wait_until(server, f"/api/v1/users/{session['user_id']}", llm_calls=2)
    assert (user["user_id"], user["sessions"], user["llm_calls"]) == (session["user_id"], 1, 2)
    turns = server.get(f"/api/v1/sessions/{session_id}/turns")["items"]
    said = [part["content"] for turn in turns for message in turn["new_messages"] for part in message["parts"]]
    assert said[0] == "Hello"
    assert said[2] == 'Say "this is a test"'


def test_the_user_field_of_the_provider_alone_makes_a_user(server: Server, run_program: RunProgram):
    done = run_program(AUTOMATIC, f"http://127.0.0.1:{server.port}")
    assert done.returncode == 0, done.stderr
    user = wait_until(server, f"/api/v1/users/{SOMEBODY}", llm_calls=1)
    assert (user["llm_calls"], user["traces"], user["sessions"], user["derived"]) == (1, 1, 0, True)


def test_an_application_does_not_notice_that_no_server_is_there(run_program: RunProgram):
    with_nobody = run_program(START, "http://127.0.0.1:9")
    assert with_nobody.returncode == 0
    assert len(with_nobody.stdout.strip()) >= 8
    assert "Traceback" not in with_nobody.stderr
