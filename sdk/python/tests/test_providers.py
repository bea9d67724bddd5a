"""Every provider's real client library against recorded wire answers: what was asked, answered, used and who asked."""

# ruff: noqa: E501 - recorded events stand one a line

import base64
import gc
import json
from contextlib import asynccontextmanager

import pytest
from replay import replaying

import baserun

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


@pytest.fixture
def replay():
    with replaying() as replay:
        yield replay


@pytest.fixture(autouse=True)
def _in_a_session():
    with baserun.with_session("ada", "s-1"):
        yield


def only(captured):
    (span,) = captured.spans
    attributes = span["attributes"]
    assert attributes["session.id"] == "s-1"
    assert attributes["user.id"] == "ada"
    return span, attributes


def said(attributes, which="output"):
    return [part for message in attributes[f"gen_ai.{which}.messages"] for part in message["parts"]]


def usage(attributes):
    names = (
        "input_tokens",
        "output_tokens",
        "cache_read.input_tokens",
        "cache_write.input_tokens",
        "reasoning.output_tokens",
    )
    return tuple(attributes.get(f"gen_ai.usage.{name}") for name in names)


def text(content):
    return {"type": "text", "content": content}


# -- OpenAI beyond chat completions -----------------------------------------------------------------------------------


def openai_client(replay, **more):
    import openai

    return openai.OpenAI(api_key="sk", base_url=replay.url + "/v1", **more)


RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "status": "completed",
    "model": "gpt-5-2025-08-07",
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Thinking"}]},
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Sunny.", "annotations": []}],
        },
        {
            "type": "function_call",
            "id": "fc_1",
            "call_id": "call_1",
            "name": "weather",
            "arguments": '{"city":"Rome"}',
            "status": "completed",
        },
    ],
    "usage": {
        "input_tokens": 30,
        "input_tokens_details": {"cached_tokens": 10},
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 8},
        "total_tokens": 50,
    },
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}


def test_openai_responses(captured, replay):
    replay.answer("/responses", RESPONSE)
    response = openai_client(replay).responses.create(
        model="gpt-5",
        instructions="Be brief.",
        input=[
            {"role": "user", "content": "Weather in Rome?"},
            {"type": "function_call", "call_id": "call_0", "name": "weather", "arguments": '{"city":"Oslo"}'},
            {"type": "function_call_output", "call_id": "call_0", "output": "rain"},
        ],
        tools=[{"type": "function", "name": "weather", "parameters": SCHEMA, "strict": False}],
        safety_identifier="hash-of-ada",
        previous_response_id="resp_0",
        max_output_tokens=100,
    )

    span, attributes = only(captured)
    assert response.output_text == "Sunny."
    assert span["name"] == "chat gpt-5"
    assert said(attributes) == [
        {"type": "reasoning", "content": "Thinking"},
        text("Sunny."),
        {"type": "tool_call", "id": "call_1", "name": "weather", "arguments": {"city": "Rome"}},
    ]
    assert said(attributes, "input") == [
        text("Weather in Rome?"),
        {"type": "tool_call", "id": "call_0", "name": "weather", "arguments": {"city": "Oslo"}},
        {"type": "tool_call_response", "id": "call_0", "response": "rain"},
    ]
    assert attributes["gen_ai.system_instructions"] == [text("Be brief.")]
    assert usage(attributes) == (30, 20, 10, None, 8)
    assert attributes["gen_ai.request.previous_response.id"] == "resp_0"
    assert attributes["gen_ai.request.max_tokens"] == 100
    assert attributes["baserun.provider.user"] == "hash-of-ada"
    assert attributes["baserun.provider.user_field"] == "safety_identifier"
    assert attributes["gen_ai.response.finish_reasons"] == ["tool_calls"]


def test_openai_responses_streamed(captured, replay):
    delta = {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 1, "content_index": 0}
    replay.answer_events(
        "/responses",
        {
            "type": "response.created",
            "sequence_number": 0,
            "response": {**RESPONSE, "status": "in_progress", "output": []},
        },
        {**delta, "sequence_number": 1, "delta": "Sun", "logprobs": []},
        {**delta, "sequence_number": 2, "delta": "ny.", "logprobs": []},
        {"type": "response.completed", "sequence_number": 3, "response": RESPONSE},
        named=True,
    )
    for _ in openai_client(replay).responses.create(model="gpt-5", input="Weather?", stream=True):
        pass

    _, attributes = only(captured)
    assert text("Sunny.") in said(attributes)
    assert attributes["baserun.stream.ended"] == "complete"
    assert usage(attributes) == (30, 20, 10, None, 8)


def test_openai_responses_stream_left_early_keeps_its_pieces(captured, replay):
    delta = {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0}
    replay.answer_events(
        "/responses",
        {
            "type": "response.created",
            "sequence_number": 0,
            "response": {**RESPONSE, "status": "in_progress", "output": []},
        },
        {**delta, "sequence_number": 1, "delta": "Sun", "logprobs": []},
        named=True,
    )
    stream = openai_client(replay).responses.create(model="gpt-5", input="Weather?", stream=True)
    next(iter(stream))
    stream.close()

    span, attributes = only(captured)
    assert said(attributes) == [text("Sun")]
    assert attributes["baserun.stream.ended"] == "closed"
    assert span["status"] == {}


def test_openai_responses_in_a_conversation_of_the_provider(captured, replay):
    replay.answer("/responses", RESPONSE)
    with baserun.start_trace("outside"):
        pass
    captured.clear()
    from baserun.context._scope import NOWHERE, restored

    with restored(NOWHERE):
        openai_client(replay).responses.create(model="gpt-5", input="hi", conversation="conv_1")

    (span,) = captured.spans
    assert span["attributes"]["gen_ai.conversation.id"] == "conv_1"
    assert "session.id" not in span["attributes"]


def test_openai_parse_helpers(captured, replay):
    import pydantic

    class Weather(pydantic.BaseModel):
        city: str

    message = {"role": "assistant", "content": '{"city":"Rome"}', "refusal": None}
    replay.answer(
        "/chat/completions",
        {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-5",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        },
    )
    parsed = openai_client(replay).chat.completions.parse(
        model="gpt-5", messages=[{"role": "user", "content": "Where?"}], response_format=Weather
    )

    _, attributes = only(captured)
    assert parsed.choices[0].message.parsed == Weather(city="Rome")
    assert attributes["gen_ai.output.type"] == "json"
    assert "gen_ai.usage.input_tokens" not in attributes


def test_openai_messages_of_every_kind(captured, replay):
    replay.answer(
        "/chat/completions", {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": []}
    )
    picture = "data:image/png;base64," + "A" * 200_000
    openai_client(replay).chat.completions.create(
        model="m",
        messages=[
            {"role": "developer", "content": "Be kind."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                    {"type": "image_url", "image_url": {"url": picture}},
                    {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
                    {"type": "file", "file": {"file_id": "file-1"}},
                ],
            },
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{broken"}}
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "a cat"}]},
        ],
    )  # fmt: skip

    _, attributes = only(captured)
    assert said(attributes, "input") == [
        text("Be kind."),
        text("What is it?"),
        {"type": "uri", "modality": "image", "uri": "https://example.com/a.png"},
        {"type": "blob", "modality": "image", "mime_type": "image/png", "size_bytes": 150_000, "content": ""},
        {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "content": "UklG"},
        {"type": "file", "file_id": "file-1"},
        {"type": "tool_call", "id": "call_1", "name": "look", "arguments": "{broken"},
        {"type": "tool_call_response", "id": "call_1", "response": "a cat"},
    ]


def test_openai_embeddings(captured, replay):
    replay.answer(
        "/embeddings",
        {
            "object": "list",
            "model": "text-embedding-3-small",
            "data": [{"object": "embedding", "index": 0, "embedding": base64.b64encode(b"\0" * 8).decode()}],
            "usage": {"prompt_tokens": 4, "total_tokens": 4},
        },
    )
    openai_client(replay).embeddings.create(model="text-embedding-3-small", input=["one", "two"], user="hash-of-ada")

    span, attributes = only(captured)
    assert span["name"] == "embeddings text-embedding-3-small"
    assert attributes["baserun.span.kind"] == "embedding"
    assert said(attributes, "input") == [text("one"), text("two")]
    assert usage(attributes)[0] == 4
    assert attributes["baserun.provider.user"] == "hash-of-ada"
    assert "gen_ai.output.messages" not in attributes


def test_openai_images(captured, replay):
    replay.answer(
        "/images/generations",
        {
            "created": 1,
            "data": [{"b64_json": "A" * 400}],
            "usage": {"input_tokens": 5, "output_tokens": 100, "total_tokens": 105},
        },
    )
    openai_client(replay).images.generate(model="gpt-image-1", prompt="A cat", user="hash-of-ada")

    span, attributes = only(captured)
    assert span["name"] == "generate_image gpt-image-1"
    assert said(attributes, "input") == [text("A cat")]
    assert said(attributes)[0]["size_bytes"] == 300
    assert attributes["gen_ai.output.type"] == "image"


def test_openai_audio(captured, replay):
    replay.answer("/audio/speech", b"\xff\xf3sound", content_type="audio/mpeg")
    replay.answer(
        "/audio/transcriptions",
        {"text": "hello", "usage": {"type": "tokens", "input_tokens": 9, "output_tokens": 2, "total_tokens": 11}},
    )
    client = openai_client(replay)
    client.audio.speech.create(model="tts-1", voice="alloy", input="hello").read()
    client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.wav", b"RIFF"))

    speech, transcription = captured.spans
    assert speech["name"] == "speech tts-1"
    assert said(speech["attributes"])[0]["size_bytes"] == 7
    assert transcription["name"] == "transcription gpt-4o-transcribe"
    assert said(transcription["attributes"]) == [text("hello")]


def test_azure_and_compatible_hosts_are_named_by_host():
    from baserun.instrumentation._providers import provider_of

    assert provider_of("api.openai.com", None, "openai") == "openai"
    assert provider_of("my-resource.openai.azure.com", None, "openai") == "azure.ai.openai"
    assert provider_of("api.groq.com", None, "openai") == "groq"
    assert provider_of("llm.internal.example", None, "openai") == "llm.internal.example"
    assert provider_of("127.0.0.1", 8000, "openai") == "openai"
    assert provider_of("localhost", 11434, "openai") == "ollama"
    assert provider_of("bedrock-runtime.eu-west-1.amazonaws.com", None, "anthropic") == "aws.bedrock"


def test_azure_openai(captured, replay):
    import openai

    replay.answer(
        "/chat/completions", {"id": "c", "object": "chat.completion", "created": 1, "model": "gpt-4.1", "choices": []}
    )
    client = openai.AzureOpenAI(api_key="k", api_version="2025-01-01", azure_endpoint=replay.url)
    client.chat.completions.create(model="my-deployment", messages=[{"role": "user", "content": "hi"}], user="hash")

    _, attributes = only(captured)
    assert attributes["gen_ai.request.model"] == "my-deployment"
    assert attributes["gen_ai.response.model"] == "gpt-4.1"


# -- Anthropic --------------------------------------------------------------------------------------------------------

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5-20250929",
    "content": [
        {"type": "thinking", "thinking": "Let me see", "signature": "x"},
        {"type": "text", "text": "Sunny."},
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Rome"}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3, "output_tokens": 20},
}
MESSAGE_EVENTS = (
    {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None, "usage": {**MESSAGE["usage"], "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Let me see"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Sun"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "ny."}},
    {"type": "content_block_stop", "index": 1},
    {"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '{"city":'}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '"Rome"}'}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": {"output_tokens": 20}},
    {"type": "message_stop"},
)  # fmt: skip
ANTHROPIC_PARTS = [
    {"type": "reasoning", "content": "Let me see"},
    text("Sunny."),
    {"type": "tool_call", "id": "toolu_1", "name": "weather", "arguments": {"city": "Rome"}},
]


def ask_anthropic(**more):
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Weather in Rome?"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_0", "name": "weather", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_0", "content": "which city?"}]},
        ],
        "tools": [{"name": "weather", "description": "The weather", "input_schema": SCHEMA}],
        "metadata": {"user_id": "hash-of-ada"},
        **more,
    }


def check_anthropic(attributes):
    assert said(attributes) == ANTHROPIC_PARTS
    assert usage(attributes)[:4] == (18, 20, 5, 3)
    assert attributes["baserun.provider.user"] == "hash-of-ada"
    assert attributes["baserun.provider.user_field"] == "metadata.user_id"
    assert attributes["gen_ai.response.finish_reasons"] == ["tool_use"]
    assert attributes["gen_ai.system_instructions"] == [text("Be brief.")]
    assert said(attributes, "input")[2] == {"type": "tool_call_response", "id": "toolu_0", "response": "which city?"}
    assert attributes["gen_ai.tool.definitions"] == [
        {"type": "function", "name": "weather", "description": "The weather", "parameters": SCHEMA}
    ]
    assert attributes["gen_ai.provider.name"] == "anthropic"


def test_anthropic(captured, replay):
    import anthropic

    replay.answer("/v1/messages", MESSAGE)
    message = anthropic.Anthropic(api_key="k", base_url=replay.url).messages.create(**ask_anthropic())

    assert type(message) is anthropic.types.Message
    span, attributes = only(captured)
    assert span["name"] == "chat claude-sonnet-4-5"
    check_anthropic(attributes)


def test_anthropic_streamed(captured, replay):
    import anthropic

    replay.answer_events("/v1/messages", *MESSAGE_EVENTS, named=True)
    for _ in anthropic.Anthropic(api_key="k", base_url=replay.url).messages.create(**ask_anthropic(stream=True)):
        pass

    _, attributes = only(captured)
    check_anthropic(attributes)
    assert attributes["baserun.stream.ended"] == "complete"


async def test_anthropic_stream_helper_of_the_asynchronous_client(captured, replay):
    import anthropic

    replay.answer_events("/v1/messages", *MESSAGE_EVENTS, named=True)
    async with anthropic.AsyncAnthropic(api_key="k", base_url=replay.url).messages.stream(**ask_anthropic()) as stream:
        message = await stream.get_final_message()

    assert message.content[1].text == "Sunny."
    check_anthropic(only(captured)[1])


def test_anthropic_error(captured, replay):
    import anthropic

    replay.answer(
        "/v1/messages", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 529
    )
    with pytest.raises(anthropic.APIStatusError):
        anthropic.Anthropic(api_key="k", base_url=replay.url, max_retries=1).messages.create(**ask_anthropic())

    span, attributes = only(captured)
    assert span["status"] == {"code": 2, "message": "Overloaded"}
    assert attributes["error.type"] == "overloaded_error"
    assert attributes["http.request.resend_count"] == 1


def test_anthropic_on_bedrock_and_its_event_stream(captured, replay):
    import anthropic

    chunks = [("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}) for event in MESSAGE_EVENTS]
    replay.answer_aws_events("/invoke-with-response-stream", *chunks)
    client = anthropic.AnthropicBedrock(
        aws_region="eu-west-1", aws_access_key="a", aws_secret_key="s", base_url=replay.url
    )
    stream = client.messages.create(**ask_anthropic(model="anthropic.claude-sonnet-4-5-v1:0", stream=True))
    for _ in stream:
        pass

    _, attributes = only(captured)
    assert said(attributes) == ANTHROPIC_PARTS
    assert attributes["gen_ai.request.model"] == "anthropic.claude-sonnet-4-5-v1:0"


# -- Google -----------------------------------------------------------------------------------------------------------

GEMINI = {
    "candidates": [
        {
            "index": 0,
            "content": {
                "role": "model",
                "parts": [
                    {"text": "Let me see", "thought": True},
                    {"text": "Sunny."},
                    {"functionCall": {"name": "weather", "args": {"city": "Rome"}}},
                ],
            },
            "finishReason": "STOP",
        }
    ],
    "usageMetadata": {
        "promptTokenCount": 10,
        "candidatesTokenCount": 7,
        "thoughtsTokenCount": 3,
        "cachedContentTokenCount": 4,
        "totalTokenCount": 20,
    },
    "modelVersion": "gemini-2.5-flash",
    "responseId": "resp-1",
}
GEMINI_PARTS = [
    {"type": "reasoning", "content": "Let me see"},
    text("Sunny."),
    {"type": "tool_call", "name": "weather", "arguments": {"city": "Rome"}},
]


def google_client(replay):
    from google import genai

    return genai.Client(api_key="k", http_options=genai.types.HttpOptions(base_url=replay.url))


def ask_google():
    from google.genai import types

    return {
        "model": "gemini-2.5-flash",
        "contents": "Weather in Rome?",
        "config": types.GenerateContentConfig(
            system_instruction="Be brief.",
            temperature=0.5,
            max_output_tokens=100,
            tools=[
                types.Tool(
                    function_declarations=[types.FunctionDeclaration(name="weather", parameters_json_schema=SCHEMA)]
                )
            ],
        ),
    }


def check_google(span, attributes):
    assert span["name"] == "generate_content gemini-2.5-flash"
    assert said(attributes) == GEMINI_PARTS
    assert said(attributes, "input") == [text("Weather in Rome?")]
    assert usage(attributes) == (10, 10, 4, None, 3)
    assert attributes["gen_ai.system_instructions"] == [text("Be brief.")]
    assert attributes["gen_ai.request.temperature"] == 0.5
    assert attributes["gen_ai.provider.name"] == "gcp.gemini"
    assert attributes["gen_ai.tool.definitions"][0]["name"] == "weather"
    assert attributes["gen_ai.response.id"] == "resp-1"


def gemini_events():
    (candidate,) = GEMINI["candidates"]
    pieces = [
        {"text": "Let me see", "thought": True},
        {"text": "Sun"},
        {"text": "ny."},
        candidate["content"]["parts"][2],
    ]
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        answered = {"index": 0, "content": {"role": "model", "parts": [piece]}}
        yield {
            **GEMINI,
            "candidates": [{**answered, "finishReason": "STOP"} if last else answered],
        }


def test_google(captured, replay):
    replay.answer(":generateContent", GEMINI)
    client = google_client(replay)
    answer = client.models.generate_content(**ask_google())

    assert answer.text == "Sunny."
    check_google(*only(captured))


def test_google_streamed(captured, replay):
    replay.answer_events(":streamGenerateContent", *gemini_events())
    client = google_client(replay)
    for _ in client.models.generate_content_stream(**ask_google()):
        pass

    span, attributes = only(captured)
    check_google(span, attributes)
    assert attributes["baserun.stream.ended"] == "complete"


async def test_google_asynchronous_through_aiohttp(captured, replay):
    replay.answer(":generateContent", GEMINI)
    client = google_client(replay)
    answer = await client.aio.models.generate_content(**ask_google())
    await client.aio.aclose()

    assert answer.text == "Sunny."
    check_google(*only(captured))


async def test_google_asynchronous_stream_through_aiohttp(captured, replay):
    replay.answer_events(":streamGenerateContent", *gemini_events())
    client = google_client(replay)
    async for _ in await client.aio.models.generate_content_stream(**ask_google()):
        pass
    await client.aio.aclose()

    span, attributes = only(captured)
    check_google(span, attributes)
    assert attributes["gen_ai.response.time_to_first_chunk"] >= 0


def test_google_error(captured, replay):
    from google.genai import errors

    replay.answer(":generateContent", {"error": {"code": 400, "message": "Bad key", "status": "INVALID_ARGUMENT"}}, 400)
    client = google_client(replay)
    with pytest.raises(errors.ClientError):
        client.models.generate_content(**ask_google())

    span, attributes = only(captured)
    assert span["status"] == {"code": 2, "message": "Bad key"}
    assert attributes["error.type"] == "INVALID_ARGUMENT"


# -- Mistral, Cohere, Ollama ------------------------------------------------------------------------------------------

MISTRAL = {
    "id": "cmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "mistral-small-latest",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Sunny."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
}


def mistral_client(replay):
    from mistralai.client import Mistral

    return Mistral(api_key="k", server_url=replay.url)


def test_mistral(captured, replay):
    replay.answer("/v1/chat/completions", MISTRAL)
    mistral_client(replay).chat.complete(
        model="mistral-small-latest", messages=[{"role": "user", "content": "Weather?"}], random_seed=7
    )

    _, attributes = only(captured)
    assert said(attributes) == [text("Sunny.")]
    assert usage(attributes)[:2] == (10, 3)
    assert attributes["gen_ai.request.seed"] == 7


@pytest.mark.parametrize("is_async", [False, True])
async def test_mistral_streamed(captured, replay, is_async):
    head = {"id": "cmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "mistral-small-latest"}
    replay.answer_events(
        "/v1/chat/completions",
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Sun"}, "finish_reason": None}]},
        {
            **head,
            "choices": [{"index": 0, "delta": {"content": "ny."}, "finish_reason": "stop"}],
            "usage": MISTRAL["usage"],
        },
        done=True,
    )
    question = {"model": "mistral-small-latest", "messages": [{"role": "user", "content": "Weather?"}]}
    if is_async:
        async for _ in await mistral_client(replay).chat.stream_async(**question):
            pass
    else:
        for _ in mistral_client(replay).chat.stream(**question):
            pass

    _, attributes = only(captured)
    assert said(attributes) == [text("Sunny.")]
    assert usage(attributes)[:2] == (10, 3)
    assert attributes["baserun.stream.ended"] == "complete"


COHERE = {
    "id": "c-1",
    "finish_reason": "COMPLETE",
    "message": {"role": "assistant", "content": [{"type": "text", "text": "Sunny."}]},
    "usage": {
        "billed_units": {"input_tokens": 5, "output_tokens": 2},
        "tokens": {"input_tokens": 11, "output_tokens": 2},
    },
}


def test_cohere(captured, replay):
    import cohere

    replay.answer("/v2/chat", COHERE)
    cohere.ClientV2(api_key="k", base_url=replay.url).chat(
        model="command-a-03-2025", messages=[{"role": "user", "content": "Weather?"}], p=0.9
    )

    _, attributes = only(captured)
    assert attributes["gen_ai.provider.name"] == "cohere"
    assert said(attributes) == [text("Sunny.")]
    assert usage(attributes)[:2] == (11, 2)
    assert attributes["gen_ai.request.top_p"] == 0.9


def test_cohere_streamed(captured, replay):
    import cohere

    replay.answer_events(
        "/v2/chat",
        {"type": "message-start", "id": "c-1", "delta": {"message": {"role": "assistant", "content": []}}},
        {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Sun"}}}},
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "ny."}}}},
        {"type": "content-end", "index": 0},
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": COHERE["usage"]}},
        named=True,
    )
    client = cohere.ClientV2(api_key="k", base_url=replay.url)
    for _ in client.chat_stream(model="command-a-03-2025", messages=[{"role": "user", "content": "Weather?"}]):
        pass

    _, attributes = only(captured)
    assert said(attributes) == [text("Sunny.")]
    assert usage(attributes)[:2] == (11, 2)
    assert attributes["gen_ai.response.finish_reasons"] == ["COMPLETE"]


def test_cohere_error_counts_the_attempts(captured, replay):
    import cohere

    replay.answer("/v2/chat", {"message": "too many requests"}, 429)
    with pytest.raises(cohere.TooManyRequestsError):
        cohere.ClientV2(api_key="k", base_url=replay.url).chat(
            model="command-a-03-2025",
            messages=[{"role": "user", "content": "Weather?"}],
            request_options={"max_retries": 1},
        )

    span, attributes = only(captured)
    assert span["status"] == {"code": 2, "message": "too many requests"}
    assert attributes["http.request.resend_count"] == 1


def test_ollama(captured, replay):
    import ollama

    replay.answer(
        "/api/chat",
        {
            "model": "llama3.2",
            "created_at": "2025-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": "Sunny.", "thinking": "Let me see"},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 10,
            "eval_count": 3,
        },
    )
    ollama.Client(host=replay.url).chat(
        model="llama3.2",
        messages=[{"role": "user", "content": "Weather?"}],
        options={"temperature": 0.5, "num_predict": 9},
    )

    _, attributes = only(captured)
    assert attributes["gen_ai.provider.name"] == "ollama"
    assert said(attributes) == [{"type": "reasoning", "content": "Let me see"}, text("Sunny.")]
    assert usage(attributes)[:2] == (10, 3)
    assert attributes["gen_ai.request.max_tokens"] == 9
    assert "gen_ai.request.stream" not in attributes


async def test_ollama_streamed(captured, replay):
    import ollama

    head = {"model": "llama3.2", "created_at": "2025-01-01T00:00:00Z"}
    replay.answer_lines(
        "/api/chat",
        {**head, "message": {"role": "assistant", "content": "Sun"}, "done": False},
        {**head, "message": {"role": "assistant", "content": "ny."}, "done": False},
        {**head, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 3},
    )  # fmt: skip
    question = {"model": "llama3.2", "messages": [{"role": "user", "content": "Weather?"}]}
    async for _ in await ollama.AsyncClient(host=replay.url).chat(stream=True, **question):
        pass

    _, attributes = only(captured)
    assert said(attributes) == [text("Sunny.")]
    assert attributes["baserun.stream.ended"] == "complete"


# -- Bedrock ----------------------------------------------------------------------------------------------------------

CONVERSED = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"text": "Sunny."},
                {"toolUse": {"toolUseId": "t-1", "name": "weather", "input": {"city": "Rome"}}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15, "cacheReadInputTokens": 2},
    "metrics": {"latencyMs": 100},
}
BEDROCK_PARTS = [
    text("Sunny."),
    {"type": "tool_call", "id": "t-1", "name": "weather", "arguments": {"city": "Rome"}},
]


CONVERSED_EVENTS = (
    ("messageStart", {"role": "assistant"}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Sun"}}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "ny."}}),
    ("contentBlockStop", {"contentBlockIndex": 0}),
    ("contentBlockStart", {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t-1", "name": "weather"}}}),
    ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": '{"city":"Rome"}'}}}),
    ("contentBlockStop", {"contentBlockIndex": 1}),
    ("messageStop", {"stopReason": "tool_use"}),
    ("metadata", {"usage": CONVERSED["usage"], "metrics": {"latencyMs": 1}}),
)


def bedrock_client(replay):
    import boto3

    return boto3.client(
        "bedrock-runtime",
        region_name="eu-west-1",
        endpoint_url=replay.url,
        aws_access_key_id="a",
        aws_secret_access_key="s",
    )


def ask_bedrock():
    return {
        "modelId": "eu.amazon.nova-lite-v1:0",
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": "Weather in Rome?"}]}],
        "inferenceConfig": {"temperature": 0.5, "maxTokens": 100},
        "requestMetadata": {"user_id": "hash-of-ada"},
        "toolConfig": {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": SCHEMA}}}]},
    }


def check_bedrock(attributes):
    assert said(attributes) == BEDROCK_PARTS
    assert usage(attributes)[:3] == (12, 5, 2)
    assert attributes["gen_ai.provider.name"] == "aws.bedrock"
    assert attributes["gen_ai.request.model"] == "eu.amazon.nova-lite-v1:0"
    assert attributes["gen_ai.system_instructions"] == [text("Be brief.")]
    assert attributes["baserun.provider.user"] == "hash-of-ada"
    assert attributes["baserun.provider.user_field"] == "requestMetadata.user_id"


def test_bedrock_converse(captured, replay):
    replay.answer("/converse", CONVERSED)
    answer = bedrock_client(replay).converse(**ask_bedrock())

    assert answer["output"]["message"]["content"][0]["text"] == "Sunny."
    check_bedrock(only(captured)[1])


def test_bedrock_converse_streamed(captured, replay):
    replay.answer_aws_events("/converse-stream", *CONVERSED_EVENTS)
    for _ in bedrock_client(replay).converse_stream(**ask_bedrock())["stream"]:
        pass

    _, attributes = only(captured)
    check_bedrock(attributes)
    assert attributes["baserun.stream.ended"] == "complete"


def test_bedrock_invoke_model(captured, replay):
    replay.answer("/invoke", MESSAGE)
    body = json.dumps(
        {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    )
    answer = bedrock_client(replay).invoke_model(modelId="anthropic.claude-sonnet-4-5-v1:0", body=body)
    assert json.loads(answer["body"].read())["id"] == "msg_1"

    _, attributes = only(captured)
    assert said(attributes) == ANTHROPIC_PARTS
    assert said(attributes, "input") == [text("hi")]
    assert usage(attributes)[:2] == (18, 20)


def test_bedrock_invoke_model_streamed(captured, replay):
    chunks = [("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}) for event in MESSAGE_EVENTS]
    replay.answer_aws_events("/invoke-with-response-stream", *chunks)
    body = json.dumps(
        {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    )
    answer = bedrock_client(replay).invoke_model_with_response_stream(
        modelId="anthropic.claude-sonnet-4-5-v1:0", body=body
    )
    for _ in answer["body"]:
        pass

    assert said(only(captured)[1]) == ANTHROPIC_PARTS


def test_bedrock_error(captured, replay):
    import botocore.exceptions

    replay.answer("/converse", {"message": "Malformed input"}, 400)
    with pytest.raises(botocore.exceptions.ClientError):
        bedrock_client(replay).converse(**ask_bedrock())

    span, attributes = only(captured)
    assert span["status"] == {"code": 2, "message": "Malformed input"}
    assert attributes["http.response.status_code"] == 400


def test_a_bedrock_body_that_nobody_reads_is_recorded_when_it_is_thrown_away(captured, replay):
    replay.answer("/invoke", MESSAGE)
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}]})
    bedrock_client(replay).invoke_model(modelId="anthropic.claude-sonnet-4-5-v1:0", body=body)
    gc.collect()

    assert said(only(captured)[1], "input") == [text("hi")]


@asynccontextmanager
async def async_bedrock_client(replay):
    from aiobotocore.session import get_session

    where = {"region_name": "eu-west-1", "endpoint_url": replay.url}
    async with get_session().create_client(
        "bedrock-runtime", **where, aws_access_key_id="a", aws_secret_access_key="s"
    ) as client:
        yield client


async def test_aiobotocore_converse_plain_and_streamed(captured, replay):
    replay.answer("/converse", CONVERSED)
    replay.answer_aws_events("/converse-stream", *CONVERSED_EVENTS)
    async with async_bedrock_client(replay) as client:
        answer = await client.converse(**ask_bedrock())
        assert answer["output"]["message"]["content"][0]["text"] == "Sunny."
        check_bedrock(only(captured)[1])
        captured.clear()
        async for _ in (await client.converse_stream(**ask_bedrock()))["stream"]:
            pass

    _, attributes = only(captured)
    check_bedrock(attributes)
    assert attributes["baserun.stream.ended"] == "complete"


async def test_aiobotocore_invoke_model_plain_and_streamed(captured, replay):
    replay.answer("/invoke", MESSAGE)
    chunks = [("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}) for event in MESSAGE_EVENTS]
    replay.answer_aws_events("/invoke-with-response-stream", *chunks)
    asked = {
        "modelId": "anthropic.claude-sonnet-4-5-v1:0",
        "body": json.dumps({"max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}),
    }
    async with async_bedrock_client(replay) as client:
        async with (await client.invoke_model(**asked))["body"] as body:
            assert json.loads(await body.read())["id"] == "msg_1"
        assert said(only(captured)[1]) == ANTHROPIC_PARTS
        captured.clear()
        async for _ in (await client.invoke_model_with_response_stream(**asked))["body"]:
            pass

    assert said(only(captured)[1]) == ANTHROPIC_PARTS


async def test_aiobotocore_error(captured, replay):
    import botocore.exceptions

    replay.answer("/converse", {"message": "Malformed input"}, 400)
    async with async_bedrock_client(replay) as client:
        with pytest.raises(botocore.exceptions.ClientError):
            await client.converse(**ask_bedrock())

    assert only(captured)[0]["status"] == {"code": 2, "message": "Malformed input"}


# -- LiteLLM ----------------------------------------------------------------------------------------------------------


def test_litellm_over_the_openai_client(captured, replay):
    import litellm

    replay.answer("/chat/completions", MISTRAL)
    litellm.completion(
        model="openai/gpt-4.1-mini",
        messages=[{"role": "user", "content": "Weather?"}],
        api_base=replay.url + "/v1",
        api_key="k",
        metadata={"trace_user_id": "hash-of-ada"},
    )

    _, attributes = only(captured)
    assert said(attributes) == [text("Sunny.")]
    assert attributes["baserun.provider.user"] == "hash-of-ada"
    assert attributes["baserun.provider.user_field"] == "metadata.trace_user_id"


async def test_litellm_over_its_own_transport_is_recorded_once(captured, replay):
    import litellm

    replay.answer("/v1/messages", MESSAGE)
    await litellm.acompletion(
        model="anthropic/claude-sonnet-4-5",
        messages=[{"role": "user", "content": "Weather?"}],
        api_base=replay.url,
        api_key="k",
        user="hash-of-ada",
    )

    _, attributes = only(captured)
    assert attributes["gen_ai.provider.name"] == "anthropic"
    assert text("Sunny.") in said(attributes)
    assert attributes["baserun.provider.user"] == "hash-of-ada"


def test_a_request_that_is_no_model_call_is_not_recorded(captured, replay):
    import httpx2

    replay.answer("/api/chat", {"ok": True})
    httpx2.post(replay.url + "/teams/7/messages", json={"text": "hello"})
    httpx2.get(replay.url + "/v1/models")

    assert captured.spans == []
