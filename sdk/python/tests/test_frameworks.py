"""Frameworks as applications use them: one tree, and each model call counted once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from collector import collecting
from opentelemetry import trace as api
from replay import replaying

import baserun
from baserun import _config
from baserun.context import _scope

pytestmark = pytest.mark.slow(13)

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Sunny."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


@pytest.fixture
def replay():
    with replaying() as replay:
        replay.answer("/chat/completions", ANSWER)
        yield replay


def tree(captured):
    """{name: name of the parent} of all spans, and the model calls."""
    spans = captured.spans
    by_id = {span["spanId"]: span["name"] for span in spans}
    assert len({span["traceId"] for span in spans}) == 1
    return (
        {span["name"]: by_id.get(span.get("parentSpanId")) for span in spans},
        [span for span in spans if span["attributes"].get("baserun.span.kind") == "llm"],
    )


@pytest.mark.parametrize("is_async", [False, True])
async def test_langchain(captured, replay, is_async):
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="m", api_key="k", base_url=replay.url + "/v1")
    chain = ChatPromptTemplate.from_template("Weather in {city}?") | model
    with baserun.with_session("ada", "s-1"):
        if is_async:
            await chain.ainvoke({"city": "Rome"})
        else:
            chain.invoke({"city": "Rome"})

    parents, (call,) = tree(captured)
    assert parents == {
        "RunnableSequence": None,
        "ChatPromptTemplate": "RunnableSequence",
        "ChatOpenAI": "RunnableSequence",
        "chat m": "ChatOpenAI",
    }
    assert call["attributes"]["gen_ai.usage.input_tokens"] == 3
    assert all(span["attributes"]["session.id"] == "s-1" for span in captured.spans)
    counted = [key for span in captured.spans for key in span["attributes"] if "token_count" in key]
    assert counted == []


def test_the_thread_of_langgraph_is_the_session(captured, replay):
    from langchain_openai import ChatOpenAI
    from langgraph.graph import END, START, MessagesState, StateGraph

    model = ChatOpenAI(model="m", api_key="k", base_url=replay.url + "/v1")
    graph = StateGraph(MessagesState)
    graph.add_node("answer", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    graph.compile().invoke({"messages": [("user", "hi")]}, config={"configurable": {"thread_id": "thread-1"}})

    parents, calls = tree(captured)
    assert parents["chat m"] == "ChatOpenAI"
    assert parents["answer"] == "LangGraph"
    assert len(calls) == 1
    sessions = {span["attributes"].get("session.id") for span in captured.spans} - {None}
    assert sessions == {"thread-1"}


async def test_openai_agents(captured, replay):
    import agents
    import openai

    client = openai.AsyncOpenAI(api_key="k", base_url=replay.url + "/v1")
    model = agents.OpenAIChatCompletionsModel("m", client)
    agent = agents.Agent(name="Helper", instructions="Be brief.", model=model)
    result = await agents.Runner.run(agent, "Weather?")

    assert result.final_output == "Sunny."
    parents, calls = tree(captured)
    assert len(calls) == 1
    assert parents["chat m"] is not None
    assert "agent" in {span["attributes"].get("baserun.span.kind") for span in captured.spans}


def test_the_applications_own_tracing_sees_none_of_it(captured, replay):
    from langchain_core.prompts import ChatPromptTemplate
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("app").start_as_current_span("theirs"):
        ChatPromptTemplate.from_template("Weather in {city}?").invoke({"city": "Rome"})

    assert [span.name for span in exporter.get_finished_spans()] == ["theirs"]
    assert isinstance(api.get_tracer_provider(), api.ProxyTracerProvider)


def test_a_framework_stays_the_nearer_one_when_the_application_joins_its_opentelemetry_later(captured, replay):
    from langchain_openai import ChatOpenAI

    before = list(_scope.foreign_spans)
    try:
        baserun.span_processor()
        ChatOpenAI(model="m", api_key="k", base_url=replay.url + "/v1").invoke("Weather in Rome?")
    finally:
        _scope.foreign_spans[:] = before

    parents, _ = tree(captured)
    assert parents == {"ChatOpenAI": None, "chat m": "ChatOpenAI"}


def test_a_tool_of_an_mcp_server_runs_in_the_clients_session(tmp_path):
    program = Path(__file__).parent / "frameworks" / "mcp_tools.py"
    with collecting() as collector:
        environment = {**os.environ, "BASERUN_URL": collector.url}
        subprocess.run([sys.executable, program], env=environment, check=True, capture_output=True, timeout=60)
        spans = collector.spans

    names = {span["spanId"]: span["name"] for span in spans}
    assert sorted((span["name"], names.get(span.get("parentSpanId"))) for span in spans) == [
        ("ask", None),
        ("weather", "ask"),
        ("weather", "weather"),
    ]
    assert len({span["traceId"] for span in spans}) == 1
    assert {span["attributes"]["session.id"] for span in spans} == {"s-1"}
    called = next(span for span in spans if names.get(span.get("parentSpanId")) == "ask")
    assert called["attributes"]["gen_ai.tool.call.arguments"] == {"city": "Rome"}


def test_what_a_framework_says_is_redacted_and_left_out_like_everything_else(captured, replay, monkeypatch):
    import langchain_core.language_models.chat_models  # noqa: F401 - what the instrumentation waits for
    from langchain_core.runnables import RunnableLambda

    monkeypatch.setattr(_config.state, "settings", _config.Settings(redact=lambda text: text.replace("Ada", "###")))
    RunnableLambda(lambda name: f"Hello {name}", name="greet").invoke("Ada")
    (span,) = captured.spans
    assert span["attributes"]["baserun.input"] == "###"
    assert "Ada" not in str(span)

    captured.clear()
    monkeypatch.setattr(_config.state, "settings", _config.Settings(capture_content=False))
    RunnableLambda(lambda name: f"Hello {name}", name="greet").invoke("Ada")
    (span,) = captured.spans
    assert "baserun.input" not in span["attributes"]
    assert "Ada" not in str(span)
