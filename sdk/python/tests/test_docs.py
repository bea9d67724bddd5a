"""Every Python example of the guides and READMEs runs when it is pasted alone."""

import re
from contextvars import copy_context
from pathlib import Path

import pytest
from replay import replaying
from test_providers import COHERE, CONVERSED, GEMINI, MESSAGE, MISTRAL

pytestmark = pytest.mark.slow(60)

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "README.md",
    ROOT / "sdk/python/README.md",
    *sorted((ROOT / "docs/guides").glob("*.md")),
    *sorted((ROOT / "docs/concepts").glob("*.md")),
]
NOT_RUN: dict[str, str] = {}
"""Examples that cannot run here, as `page number`, each with the reason."""
EXAMPLES = [
    pytest.param(page, code, id=f"{page.relative_to(ROOT)} {number}")
    for page in PAGES
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL), 1)
    if f"{page.relative_to(ROOT)} {number}" not in NOT_RUN
]
CALLS = (".create(", ".chat(", ".complete(", "converse(", "generate_content(", "litellm.completion(", "invoke(")
"""What calls a model, so that something must have been recorded."""


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
            "GROQ_BASE_URL": replay.url + "/v1",
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
def test_an_example_runs_when_it_is_pasted_alone(captured, page, code, tmp_path):
    compiled = compile(code.replace("/var/tmp/baserun", str(tmp_path)), str(page), "exec")
    # In a context of its own: what an example leaves open must not surround the next one.
    copy_context().run(exec, compiled, {"__name__": "__main__"})

    if any(call in code for call in CALLS):
        assert captured.spans
