"""Every example of the guides and of the README runs."""

import re
from contextvars import copy_context
from pathlib import Path

import pytest
from replay import replaying
from test_providers import COHERE, CONVERSED, GEMINI, MESSAGE, MISTRAL

import baserun

pytestmark = pytest.mark.slow(60)

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "sdk/python/README.md",
    *(ROOT / "docs/guides" / name for name in (
        "python.md", "providers.md", "frameworks.md", "incoming-requests.md", "privacy-and-delivery.md",
    )),
]  # fmt: skip
EXAMPLES = [
    pytest.param(page, code, id=f"{page.stem} {number}")
    for page in PAGES
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL), 1)
]


class Anything:
    """What an example takes for granted: a completion, a trace."""

    id = "chatcmpl-1"


@pytest.fixture
def _everything_answers(monkeypatch):
    with replaying() as replay:
        for path, answer in {
            "/chat/completions": MISTRAL,
            "/v1/messages": MESSAGE,
            ":generateContent": GEMINI,
            "/v2/chat": COHERE,
            "/converse": CONVERSED,
            "/api/chat": {"model": "llama3.2", "message": {"role": "assistant", "content": "Hi"}, "done": True},
        }.items():
            replay.answer(path, answer)
        for name, value in {
            "OPENAI_BASE_URL": replay.url + "/v1",
            "OPENAI_API_BASE": replay.url + "/v1",
            "OPENAI_API_KEY": "sk-test",
            "ANTHROPIC_BASE_URL": replay.url,
            "ANTHROPIC_API_KEY": "k",
            "GOOGLE_GEMINI_BASE_URL": replay.url,
            "GOOGLE_API_KEY": "k",
            "CO_API_URL": replay.url,
            "CO_API_KEY": "k",
            "OLLAMA_HOST": replay.url,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": replay.url,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "s",
            "BASERUN_USER_HASH_KEY": "key",
            "BASERUN_URL": replay.url,
        }.items():
            monkeypatch.setenv(name, value)
        import mistralai.client.sdkconfiguration as mistral

        monkeypatch.setattr(mistral, "SERVERS", dict.fromkeys(mistral.SERVERS, replay.url))
        yield


@pytest.mark.usefixtures("_everything_answers")
@pytest.mark.parametrize(("page", "code"), EXAMPLES)
def test_an_example_runs(captured, page, code, tmp_path):
    taken_for_granted = {
        "__name__": "example",
        "baserun": baserun,
        "answer": lambda question: None,
        "remember": lambda session_id: None,
        "question": "Hello",
        "next_question": "Hello again",
        "session_id": "s-1",
        "completion": Anything,
        "trace": Anything,
    }
    compiled = compile(code.replace("/var/tmp/baserun", str(tmp_path)), str(page), "exec")
    # In a context of its own: what an example leaves open must not surround the next one.
    copy_context().run(exec, compiled, taken_for_granted)

    if (
        ".create(" in code
        or ".chat(" in code
        or "converse(" in code
        or "generate_content(" in code
        or "invoke(" in code
    ):
        assert captured.spans
