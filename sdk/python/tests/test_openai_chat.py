"""Chat completions of the real `openai` client, recorded as contract/spans says."""

import asyncio
import gc
import pickle

import httpx
import openai
import pytest

import baserun

MODEL = "gpt-4.1-mini"


@pytest.fixture
def client(provider):
    return openai.OpenAI(base_url=provider.openai_url, api_key="sk-test", max_retries=2)


@pytest.fixture
def async_client(provider):
    return openai.AsyncOpenAI(base_url=provider.openai_url, api_key="sk-test", max_retries=2)


def ask(text, **more):
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}


def test_a_plain_call_is_one_span_with_question_answer_and_usage(captured, client):
    with baserun.with_session("u-1", "s-1"):
        completion = client.chat.completions.create(**ask("[fake answer='this is a test'] Say it", user="hash-of-ada"))

    (span,) = captured.spans
    attributes = span["attributes"]
    assert span["name"] == f"chat {MODEL}"
    assert span["kind"] == 3
    assert span["status"] == {}
    assert attributes["session.id"] == "s-1"
    assert attributes["gen_ai.conversation.id"] == "s-1"
    assert attributes["user.id"] == "u-1"
    assert attributes["baserun.provider.user"] == "hash-of-ada"
    assert attributes["baserun.provider.user_field"] == "user"
    assert attributes["gen_ai.output.messages"] == [
        {"role": "assistant", "parts": [{"type": "text", "content": "this is a test"}], "finish_reason": "stop"}
    ]
    assert attributes["gen_ai.usage.input_tokens"] == completion.usage.prompt_tokens
    assert attributes["gen_ai.usage.output_tokens"] == completion.usage.completion_tokens
    assert attributes["gen_ai.response.id"] == completion.id
    assert attributes["gen_ai.provider.name"] == "openai"
    assert attributes["http.response.status_code"] == 200


def test_a_call_outside_any_trace_is_a_trace_of_its_own(captured, client):
    client.chat.completions.create(**ask("one"))
    client.chat.completions.create(**ask("two"))

    first, second = captured.spans
    assert "parentSpanId" not in first
    assert first["traceId"] != second["traceId"]
    assert "session.id" not in first["attributes"]
    assert "user.id" not in first["attributes"]


def test_what_the_client_returns_is_what_it_returns_without_us(captured, client):
    completion = client.chat.completions.create(**ask("hello"))

    assert type(completion) is openai.types.chat.ChatCompletion
    assert pickle.loads(pickle.dumps(completion)) == completion


@pytest.mark.parametrize("usage", [True, False])
def test_a_stream_is_recorded_when_it_is_exhausted(captured, client, usage):
    options = {"stream_options": {"include_usage": True}} if usage else {}
    stream = client.chat.completions.create(**ask("[fake answer='one two three'] go", stream=True, **options))
    assert type(stream) is openai.Stream
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)

    (span,) = captured.spans
    attributes = span["attributes"]
    assert text == "one two three"
    assert attributes["gen_ai.output.messages"][0]["parts"] == [{"type": "text", "content": "one two three"}]
    assert attributes["baserun.stream.ended"] == "complete"
    assert attributes["gen_ai.request.stream"] is True
    assert attributes["gen_ai.response.time_to_first_chunk"] >= 0
    assert ("gen_ai.usage.input_tokens" in attributes) is usage


def test_a_stream_left_early_is_recorded_with_what_was_received_and_is_no_error(captured, client):
    stream = client.chat.completions.create(**ask("[fake words=200] go", stream=True))
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    stream.close()

    (span,) = captured.spans
    assert span["attributes"]["baserun.stream.ended"] == "closed"
    assert span["status"] == {}
    assert span["attributes"]["gen_ai.output.messages"][0]["parts"][0]["content"]


def test_a_streamed_tool_call_is_put_together(captured, client):
    tools = [{"type": "function", "function": {"name": "search_orders", "parameters": {"type": "object"}}}]
    question = '[fake tool=search_orders arguments=\'{"user": "9"}\'] Where is my order?'
    for _ in client.chat.completions.create(**ask(question, stream=True, tools=tools)):
        pass

    (span,) = captured.spans
    (message,) = span["attributes"]["gen_ai.output.messages"]
    assert message["finish_reason"] == "tool_calls"
    (part,) = message["parts"]
    assert part.pop("id")
    assert part == {"type": "tool_call", "name": "search_orders", "arguments": {"user": "9"}}
    assert span["attributes"]["gen_ai.tool.definitions"] == [
        {"type": "function", "name": "search_orders", "parameters": {"type": "object"}}
    ]


def test_a_refused_call_is_one_failed_span_that_counts_the_attempts(captured, client):
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(**ask("[fake status=429 retry_after=0.01] hi"))

    (span,) = captured.spans
    assert span["status"]["code"] == 2
    assert span["attributes"]["http.response.status_code"] == 429
    assert span["attributes"]["http.request.resend_count"] == 2
    assert [event["name"] for event in span["events"]] == ["baserun.retry", "baserun.retry"]
    assert "RateLimitError" not in span["status"]["message"]


def test_a_call_that_succeeds_at_the_second_attempt_is_one_span_without_error(captured, client):
    client.chat.completions.create(**ask("[fake status=500 times=1 retry_after=0.01] hi"))

    (span,) = captured.spans
    assert span["status"] == {}
    assert span["attributes"]["http.request.resend_count"] == 1
    assert span["attributes"]["http.response.status_code"] == 200


def test_a_provider_that_cannot_be_reached_is_a_failed_span(captured):
    client = openai.OpenAI(base_url="http://127.0.0.1:1/v1", api_key="sk-test", max_retries=1)
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(**ask("hi"))

    (span,) = captured.spans
    assert span["attributes"]["error.type"] == "APIConnectionError"
    assert span["attributes"]["http.request.resend_count"] == 1
    assert "http.response.status_code" not in span["attributes"]


async def test_async_calls_and_streams_are_recorded_alike(captured, async_client):
    async with baserun.with_session("u-2") as session:
        await async_client.chat.completions.create(**ask("[fake answer=plain] hi"))
        stream = await async_client.chat.completions.create(**ask("[fake answer=streamed] hi", stream=True))
        async for _ in stream:
            pass

    plain, streamed = captured.spans
    assert plain["attributes"]["gen_ai.output.messages"][0]["parts"][0]["content"] == "plain"
    assert streamed["attributes"]["gen_ai.output.messages"][0]["parts"][0]["content"] == "streamed"
    assert streamed["attributes"]["baserun.stream.ended"] == "complete"
    assert {span["attributes"]["session.id"] for span in (plain, streamed)} == {session.id}


async def test_a_cancelled_call_is_recorded_and_is_no_error(captured, async_client):
    task = asyncio.create_task(async_client.chat.completions.create(**ask("[fake delay=5] hi")))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    (span,) = captured.spans
    assert span["attributes"]["error.type"] == "cancelled"
    assert span["status"] == {}


async def test_a_cancelled_stream_says_so(captured, async_client):
    received = asyncio.Event()

    async def read():
        async for _ in await async_client.chat.completions.create(**ask("[fake words=50] hi", stream=True)):
            received.set()
            await asyncio.sleep(5)

    task = asyncio.create_task(read())
    await received.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task  # its traceback holds the stream
    for _ in range(20):
        if captured.spans:
            break
        gc.collect()
        await asyncio.sleep(0.05)

    (span,) = captured.spans
    assert span["attributes"]["baserun.stream.ended"] in ("cancelled", "closed")
    assert span["status"] == {}


def test_raw_and_streaming_responses_are_recorded(captured, client):
    raw = client.chat.completions.with_raw_response.create(**ask("[fake answer=raw] hi"))
    assert raw.headers["content-type"].startswith("application/json")
    assert raw.parse().choices[0].message.content == "raw"
    with client.chat.completions.with_streaming_response.create(**ask("[fake answer=later] hi")) as response:
        assert response.parse().choices[0].message.content == "later"

    contents = [span["attributes"]["gen_ai.output.messages"][0]["parts"][0]["content"] for span in captured.spans]
    assert contents == ["raw", "later"]


def test_the_stream_helper_of_the_client_still_works_and_is_recorded(captured, client):
    with client.chat.completions.stream(**ask("[fake answer='by helper'] hi")) as stream:
        for _ in stream:
            pass
        completion = stream.get_final_completion()

    assert completion.choices[0].message.content == "by helper"
    (span,) = captured.spans
    assert span["attributes"]["gen_ai.output.messages"][0]["parts"][0]["content"] == "by helper"


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_client_on_the_older_httpx_is_recorded_alike(captured, provider, is_streamed):
    client = openai.OpenAI(base_url=provider.openai_url, api_key="sk-test", http_client=httpx.Client())
    answer = client.chat.completions.create(**ask("[fake answer=older] hi", stream=is_streamed))
    if is_streamed:
        for _ in answer:
            pass

    (span,) = captured.spans
    assert span["attributes"]["gen_ai.output.messages"][0]["parts"][0]["content"] == "older"
