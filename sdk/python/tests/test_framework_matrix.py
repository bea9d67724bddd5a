"""Frameworks too heavy for the locked environment, each once for real in an environment of its own under `.dev`.

Opt-in, for it installs packages: `BASERUN_TEST_FRAMEWORKS=1 ./dev test sdk/python/tests/test_framework_matrix.py`.
"""

import os
import subprocess
from pathlib import Path

import pytest
from collector import collecting

PROGRAMS = Path(__file__).parent / "frameworks"
SOURCES = Path(__file__).parents[1] / "src"
MATRIX = {
    "pydantic_ai_agent": ("pydantic-ai-slim[openai]==2.68.0", "opentelemetry-api>=1.30"),
    "llama_index_query": (
        "llama-index-core==0.14.25",
        "llama-index-llms-openai",
        "openinference-instrumentation-llama-index==4.6.1",
    ),
    "haystack_pipeline": ("haystack-ai==3.4.1", "openinference-instrumentation-haystack==0.1.46"),
    "dspy_program": ("dspy==3.4.1", "openinference-instrumentation-dspy==0.1.48"),
    "crewai_crew": ("crewai==1.15.30", "openinference-instrumentation-crewai==1.1.21"),
}

pytestmark = [
    pytest.mark.slow(60),
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not os.environ.get("BASERUN_TEST_FRAMEWORKS"), reason="installs packages: BASERUN_TEST_FRAMEWORKS=1 runs it"
    ),
]


def spans_of(program, requirements, provider, tmp_path):
    """Run a program in the environment of its framework and return what arrived."""
    from bench import installed

    environment = installed.peer(f"framework-{program.replace('_', '-')}", *requirements)
    with collecting() as collector:
        ran = subprocess.run(
            [environment.python, PROGRAMS / f"{program}.py"],
            env={
                **os.environ,
                "PYTHONPATH": str(SOURCES),
                "HOME": str(tmp_path),
                "OPENAI_BASE_URL": provider.openai_url,
                "OPENAI_API_KEY": "sk-test",
                "BASERUN_URL": collector.url,
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ran.returncode == 0, ran.stderr
        return collector.spans


@pytest.mark.parametrize("program", MATRIX)
def test_a_framework_is_one_tree_in_one_session_with_each_model_call_counted_once(program, provider, tmp_path):
    spans = spans_of(program, MATRIX[program], provider, tmp_path)

    calls = [span for span in spans if span["attributes"].get("baserun.span.kind") == "llm"]
    by_trace = {span["traceId"]: [] for span in calls}
    assert len(calls) == (3 if program == "pydantic_ai_agent" else 1)
    assert not [span for span in spans if span["attributes"].get("openinference.span.kind") == "LLM"]
    for span in spans:
        by_trace.get(span["traceId"], []).append(span)
    for tree in by_trace.values():
        ids = {span["spanId"] for span in tree}
        assert [span for span in tree if span.get("parentSpanId") not in ids] == [
            span for span in tree if "parentSpanId" not in span
        ]
    sessions = {span["attributes"].get("session.id") for tree in by_trace.values() for span in tree} - {None}
    assert len(sessions) == 1


def test_pydantic_ai_names_its_conversation_as_the_session_and_its_tools_as_tools(provider, tmp_path):
    spans = spans_of("pydantic_ai_agent", MATRIX["pydantic_ai_agent"], provider, tmp_path)

    (tool,) = [span for span in spans if span["attributes"].get("baserun.span.kind") == "tool"]
    assert tool["attributes"]["gen_ai.tool.call.arguments"] == {"city": "Rome"}
    assert tool["attributes"]["gen_ai.tool.call.result"] == "Sunny in Rome"
    assert {span["attributes"]["baserun.span.kind"] for span in spans if "parentSpanId" not in span} == {"agent"}
