"""The real clients must not be able to tell the fake provider from a real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import openai
import pytest

from fake_provider import FakeProvider, running
from fake_provider.answer import TOKENS_PER_MESSAGE, count_tokens

if TYPE_CHECKING:
    import anthropic

TOOL = {
    "type": "function",
    "function": {
        "name": "search_orders",
        "parameters": {"type": "object", "properties": {"user": {"type": "string"}, "limit": {"type": "integer"}}},
    },
}


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with running() as provider:
        yield provider


@pytest.fixture
def client(provider: FakeProvider) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="any", base_url=provider.openai_url) as client:
        yield client


@pytest.fixture
def claude(provider: FakeProvider) -> Iterator[anthropic.Anthropic]:
    import anthropic  # takes seconds, so only the worker that needs it pays

    with anthropic.Anthropic(api_key="any", base_url=provider.url) as client:
        yield client


def ask(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def test_a_question_gets_the_same_answer_and_counts_every_time_and_a_new_id(client: openai.OpenAI):
    first, second = (client.chat.completions.create(model="gpt-4.1-mini", messages=ask("Hello")) for _ in range(2))
    assert first.choices == second.choices
    assert first.usage == second.usage
    assert first.id != second.id
    assert first.model == "gpt-4.1-mini-2025-04-14"
    assert first.usage.prompt_tokens == count_tokens("Hello") + TOKENS_PER_MESSAGE
    assert first.usage.completion_tokens == count_tokens(first.choices[0].message.content)


def test_a_stream_says_what_the_plain_answer_says_and_counts_only_when_asked(client: openai.OpenAI):
    plain = client.chat.completions.create(model="gpt-4.1", messages=ask("Hello"))
    counted = list(
        client.chat.completions.create(
            model="gpt-4.1", messages=ask("Hello"), stream=True, stream_options={"include_usage": True}
        )
    )
    silent = list(client.chat.completions.create(model="gpt-4.1", messages=ask("Hello"), stream=True))
    said = "".join(chunk.choices[0].delta.content or "" for chunk in silent)
    assert said == plain.choices[0].message.content
    assert counted[-1].usage == plain.usage
    assert all(chunk.usage is None for chunk in silent)


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_called_on_request_and_its_result_is_taken_up(client: openai.OpenAI, stream: bool):
    question = ask("Where is my order?")
    with client.chat.completions.stream(
        model="gpt-4.1", messages=question, tools=[TOOL], tool_choice="required"
    ) as events:
        streamed = events.get_final_completion()
    whole = client.chat.completions.create(model="gpt-4.1", messages=question, tools=[TOOL], tool_choice="required")
    message = (streamed if stream else whole).choices[0].message
    call = message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("search_orders", {"user": "Ada", "limit": 7})
    result = {"role": "tool", "tool_call_id": call.id, "content": "three parcels"}
    follow_up = [*question, message.model_dump(exclude_none=True, exclude={"parsed"}), result]
    answered = client.chat.completions.create(model="gpt-4.1", messages=follow_up, tools=[TOOL])
    assert "three parcels" in answered.choices[0].message.content


def test_earlier_turns_are_cached_and_reasoning_models_count_their_reasoning(client: openai.OpenAI):
    messages = [*ask("Tell me a long story, please. " * 8), {"role": "assistant", "content": "No."}, *ask("Why?")]
    usage = client.chat.completions.create(model="o4-mini", messages=messages).usage
    assert 0 < usage.prompt_tokens_details.cached_tokens < usage.prompt_tokens
    assert 0 < usage.completion_tokens_details.reasoning_tokens < usage.completion_tokens


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, openai.RateLimitError), (500, openai.InternalServerError), (404, openai.NotFoundError)],
)
def test_an_error_comes_when_it_is_wished_for(client: openai.OpenAI, status: int, error: type[openai.APIStatusError]):
    with pytest.raises(error) as caught:
        client.with_options(max_retries=0).chat.completions.create(
            model="gpt-4.1", messages=ask("Hello"), extra_headers={"x-fake": f"status={status}"}
        )
    assert caught.value.status_code == status


def test_a_failure_that_lasts_two_attempts_is_healed_by_the_client(client: openai.OpenAI, provider: FakeProvider):
    provider.forget()
    client.chat.completions.create(model="gpt-4.1", messages=ask("Hello [fake status=429 times=2 retry_after=0.01]"))
    assert [call["status"] for call in provider.calls()] == [429, 429, 200]


def test_a_timeout_strikes_when_a_delay_is_wished_for(client: openai.OpenAI):
    with pytest.raises(openai.APITimeoutError):
        client.with_options(max_retries=0, timeout=0.2).chat.completions.create(
            model="gpt-4.1", messages=ask("Hello [fake delay=3]")
        )


def test_a_stream_breaks_or_fails_in_the_middle_on_request(client: openai.OpenAI):
    for wish, error in [("break_after=3", openai.APIConnectionError), ("error_after=3", openai.APIError)]:
        stream = client.chat.completions.create(
            model="gpt-4.1", messages=ask("Hello"), stream=True, extra_headers={"x-fake": wish}
        )
        received = []
        with pytest.raises(error):
            received.extend(stream)


def test_an_unknown_wish_is_refused_with_the_known_ones(client: openai.OpenAI):
    with pytest.raises(openai.BadRequestError, match="unknown wish `colour`"):
        client.chat.completions.create(model="gpt-4.1", messages=ask("Hello [fake colour=red]"))


@pytest.mark.parametrize("stream", [False, True])
def test_the_responses_protocol_speaks_reasons_and_calls_tools(client: openai.OpenAI, stream: bool):
    tool = {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {}}, "strict": False}

    def respond(**more):
        if not stream:
            return client.responses.create(model="gpt-5", **more)
        with client.responses.stream(model="gpt-5", **more) as events:
            return events.get_final_response()

    said = respond(input="Hello", instructions="Be brief.")
    assert said.output_text
    assert said.output[0].type == "reasoning"
    assert said.usage.output_tokens_details.reasoning_tokens > 0
    called = respond(input="Hello", tools=[tool], tool_choice="required")
    assert called.output[-1].name == "look"


def test_embeddings_and_text_completions_are_answered(client: openai.OpenAI):
    embedded = client.embeddings.create(model="text-embedding-3-small", input=["one", "two"])
    assert [len(item.embedding) for item in embedded.data] == [8, 8]
    assert client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Once").choices[0].text


@pytest.mark.parametrize("stream", [False, True])
def test_claude_thinks_speaks_and_uses_tools(claude: anthropic.Anthropic, stream: bool):
    tools = [{"name": "look", "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}}}]

    def say(**more):
        arguments = {"model": "claude-sonnet-5", "max_tokens": 2000, **more}
        if not stream:
            return claude.messages.create(**arguments)
        with claude.messages.stream(**arguments) as events:
            return events.get_final_message()

    thought = say(messages=ask("Hello"), system="Be brief.", thinking={"type": "enabled", "budget_tokens": 1024})
    assert [block.type for block in thought.content] == ["thinking", "text"]
    assert thought.usage.output_tokens > 1
    used = say(messages=ask("Hello"), tools=tools, tool_choice={"type": "any"})
    assert used.stop_reason == "tool_use"
    assert used.content[0].input == {"at": "Ada"}


def test_claude_is_overloaded_on_request(claude: anthropic.Anthropic):
    import anthropic

    with pytest.raises(anthropic.InternalServerError):
        claude.with_options(max_retries=0).messages.create(
            model="claude-sonnet-5", max_tokens=9, messages=ask("Hello [fake status=529]")
        )
