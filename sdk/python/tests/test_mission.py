"""The examples of the page about users and sessions, unchanged, in processes of their own."""

import json
import os
import subprocess
import sys
import textwrap
from hashlib import sha256

import pytest
from collector import collecting

USER = sha256(b"user@example.com").hexdigest()

AUTOMATIC_USER = """
from hashlib import sha256
from openai import OpenAI

def ask_question(question: str) -> str:
    client = OpenAI()
    completion = client.chat.completions.create(
        model="gpt-3.5-turbo",
        messages=[{"role": "user", "content": question}],
        user=sha256(b"user@example.com").hexdigest(),
    )
    content = completion.choices[0].message.content
    return content
"""

NEW_SESSION = """
from hashlib import sha256

import baserun

with baserun.with_session(user_identifier=sha256(b"user@example.com").hexdigest(),) as session:
    # Add business logic including traces in here
    ...
    # Store session ID to be continued later
    session_id = session.id
    run_chatbot()
"""

FULL_EXAMPLE = """
from hashlib import sha256

import baserun
import openai


def example():
    response = openai.chat.completions.create(
        model="gpt-3.5-turbo",
        messages=[
            {
                "role": "user",
                "content": 'Say "this is a test"',
            }
        ],
    )
    return response.choices[0].message


if __name__ == "__main__":
    baserun.api_key = YOUR_BASERUN_API_KEY_HERE
    openai.api_key = YOUR_OPENAI_API_KEY_HERE
    session_id = YOUR_PREVIOUSLY_SAVED_SESSION_ID
    baserun.init()

    with baserun.with_session(user_identifier=sha256(b"user@example.com").hexdigest(), session_identifier=session_id):
        print(example())
"""


@pytest.fixture
def collector():
    with collecting() as collector:
        yield collector


@pytest.fixture
def run(provider, collector):
    """Run a program as a person would, with nothing but the two addresses in its environment."""

    def run(program: str) -> str:
        environment = {
            **os.environ,
            "OPENAI_BASE_URL": provider.openai_url,
            "OPENAI_API_KEY": "sk-test",
            "BASERUN_URL": collector.url,
        }
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr == ""
        return ran.stdout

    return run


def test_the_user_argument_of_the_provider_is_collected_by_itself(run, collector):
    run("import baserun\nbaserun.init()\n" + AUTOMATIC_USER + "\nask_question('Where is my order?')\n")

    (span,) = collector.spans
    assert span["attributes"]["baserun.provider.user"] == USER
    assert "user.id" not in span["attributes"]


def test_a_stored_session_id_resumes_the_session_in_another_process(run, collector):
    chatbot = """
        import json, openai, baserun
        baserun.init()
        def run_chatbot():
            openai.chat.completions.create(model="gpt-3.5-turbo", messages=[{"role": "user", "content": "Hello"}])
    """
    stored = run(textwrap.dedent(chatbot) + NEW_SESSION + "\nprint(json.dumps(session_id))\n")
    session_id = json.loads(stored)

    constants = f"""
        YOUR_BASERUN_API_KEY_HERE = "br-test"
        YOUR_OPENAI_API_KEY_HERE = "sk-test"
        YOUR_PREVIOUSLY_SAVED_SESSION_ID = {session_id!r}
    """
    printed = run(textwrap.dedent(constants) + FULL_EXAMPLE)

    first, second = collector.spans
    assert "ChatCompletionMessage(" in printed
    assert first["attributes"]["session.id"] == second["attributes"]["session.id"] == session_id
    assert first["attributes"]["user.id"] == second["attributes"]["user.id"] == USER
    assert {attribute["value"].get("intValue") for r in collector.resources for attribute in r["attributes"]} > {None}
    assert collector.requests[-1][2]["Authorization"] == "Bearer br-test"
