"""What calls used, in every spelling, form and place in which senders say it."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.usage.inclusive import INPUT_PARTS, OUTPUT_PARTS, settle
from baserun_server.ingest.usage.names import field_of
from baserun_server.ingest.usage.reading import DETAILS, FIELDS

CALL = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o"}
LLM = {"openinference.span.kind": "LLM", "llm.provider": "openai", "llm.model_name": "gpt-4o"}
CLAUDE = {**CALL, "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-sonnet-4-5"}
INNER = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "openai.chat", "ai.model.id": "gpt-4o"}


def read_one(attributes, scope="x"):
    [span] = forms.read_both(forms.traces_request({"name": "chat", "scope": scope, "attributes": attributes})).spans
    return span


def used(span):
    found = {field: getattr(span, name) for field, name in FIELDS.items()}
    return {field: value for field, value in {**found, **span.usage_details}.items() if value}


SPELLINGS = {
    "input": [
        "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt",
        "ai.usage.inputTokens", "ai.usage.promptTokens", "gen_ai.usage.input_token_count", "ai.usage.tokens",
    ],
    "output": [
        "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
        "llm.token_count.completion", "ai.usage.outputTokens", "ai.usage.completionTokens",
        "gen_ai.usage.candidates_token_count",
    ],
    "cached": [
        "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cached_tokens",
        "gen_ai.usage.input_cached_tokens", "gen_ai.usage.input_tokens.cached", "gen_ai.usage.cached_input_tokens",
        "gen_ai.usage.cache_read_tokens", "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens", "gen_ai.usage.prompt_tokens_details.cached_tokens",
        "gen_ai.usage.input_tokens_details.cached_tokens", "gen_ai.usage.cached_content_token_count",
        "gen_ai.usage.prompt_cache_hit_tokens", "llm.usage.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_details.cache_input",
        "ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens",
    ],
    "cache_write": [
        "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.details.cache_write_tokens", "llm.usage.cache_creation_input_tokens",
        "llm.token_count.prompt_details.cache_write", "ai.usage.inputTokenDetails.cacheWriteTokens",
        "gen_ai.usage.input_token_details.cache_creation",
    ],
    "cache_write_1h": [
        "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens", "gen_ai.usage.cache_write_1h_input_tokens",
        "gen_ai.usage.cache_write.1h.input_tokens", "gen_ai.usage.details.cache_creation_1h_tokens",
        "gen_ai.usage.input_token_details.ephemeral_1h_input_tokens",
    ],
    "cache_write_5m": [
        "gen_ai.usage.cache_creation.ephemeral_5m_input_tokens", "gen_ai.usage.cache_write_5m_input_tokens",
    ],
    "reasoning": [
        "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.output_reasoning_tokens",
        "gen_ai.usage.details.reasoning_tokens", "gen_ai.usage.thoughts_token_count",
        "gen_ai.usage.completion_tokens_details.reasoning_tokens", "gen_ai.usage.details.thoughts_tokens",
        "gen_ai.usage.output_tokens_details.thinking_tokens",
        "llm.token_count.completion_details.reasoning", "ai.usage.reasoningTokens",
        "ai.usage.outputTokenDetails.reasoningTokens",
    ],
    "tool_prompt": ["gen_ai.usage.tool_use_prompt_token_count", "gen_ai.usage.details.tool_use_prompt_tokens"],
    "audio_input": [
        "gen_ai.usage.audio.input_tokens", "gen_ai.usage.input_audio_tokens",
        "gen_ai.usage.prompt_tokens_details.audio_tokens", "llm.token_count.prompt_details.audio",
    ],
    "audio_output": [
        "gen_ai.usage.audio.output_tokens", "gen_ai.usage.details.output_audio_tokens",
        "llm.token_count.completion_details.audio",
    ],
    "image_input": ["gen_ai.usage.image.input_tokens", "gen_ai.usage.input_tokens_details.image_tokens"],
    "image_output": ["gen_ai.usage.image.output_tokens", "gen_ai.usage.output_tokens_details.image_tokens"],
    "video_input": ["gen_ai.usage.video.input_tokens"],
    "video_output": ["gen_ai.usage.video.output_tokens"],
    "cached_audio": ["gen_ai.usage.audio.cache_read.input_tokens"],
    "cached_image": ["gen_ai.usage.image.cache_read.input_tokens"],
}  # fmt: skip
WHOLES = {
    "gen_ai": ("input_tokens", "output_tokens"),
    "llm": ("prompt", "completion"),
    "ai": ("inputTokens", "outputTokens"),
}


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in SPELLINGS.items() for name in names])
def test_every_spelling_of_a_flat_count_is_read(field, name):
    family = name.partition(".")[0]
    base = {"gen_ai": CALL, "llm": LLM if ".token_count." in name else CALL, "ai": INNER}[family]
    prefix = name[: name.index(".", len(family) + 1) + 1]
    names = ("prompt_tokens", "completion_tokens") if prefix == "llm.usage." else WHOLES[family]
    wholes = {prefix + side: whole for side, whole in zip(names, (1_000, 500), strict=True)}
    if field in ("input", "output"):
        wholes.pop(prefix + names[0 if field == "input" else 1])

    found = used(read_one({**base, **wholes, name: 40}))

    assert found[field] == 40
    if field not in ("input", "output"):
        assert (found["input"], found["output"]) == (1_000, 500)


def test_no_kind_of_count_lacks_a_row():
    assert set(SPELLINGS) == {*FIELDS, *DETAILS}
    assert {*INPUT_PARTS, *OUTPUT_PARTS} <= set(SPELLINGS)


@pytest.mark.parametrize(
    "name",
    ["input_tokens_per_second", "input_characters", "cost", "total_cost", "prompt_time", "web_search_requests",
     "output_price", "accepted_prediction_tokens", "search_units", ""],
)  # fmt: skip
def test_what_counts_something_else_is_no_count_of_tokens(name):
    assert field_of(name) == ""


# --- usage objects ---------------------------------------------------------------------------------------------------

ANTHROPIC = {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 70, "cache_creation_input_tokens": 20,
             "cache_creation": {"ephemeral_5m_input_tokens": 15, "ephemeral_1h_input_tokens": 5},
             "service_tier": "standard", "server_tool_use": {"web_search_requests": 3}}  # fmt: skip
CACHED = {"input": 100, "output": 5, "cached": 70, "cache_write": 20, "cache_write_1h": 5, "cache_write_5m": 15}
OPENAI = {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130,
          "prompt_tokens_details": {"cached_tokens": 70, "audio_tokens": 0},
          "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 0}}  # fmt: skip
THOUGHT = {"input": 100, "output": 30, "cached": 70, "reasoning": 20}
OBJECTS = {
    "OpenAI, chat": (OPENAI, THOUGHT),
    "OpenAI, responses": (
        {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 70}, "output_tokens": 30,
         "output_tokens_details": {"reasoning_tokens": 20}, "total_tokens": 130},
        THOUGHT,
    ),
    "Anthropic": (ANTHROPIC, CACHED),
    "Bedrock": (
        {"inputTokens": 10, "outputTokens": 5, "totalTokens": 105, "cacheReadInputTokens": 70,
         "cacheWriteInputTokens": 20, "cacheDetails": [{"ttl": "1h", "inputTokens": 5}]},
        {"input": 100, "output": 5, "cached": 70, "cache_write": 20, "cache_write_1h": 5},
    ),
    "Bedrock, cached fits": (
        {"inputTokens": 90, "outputTokens": 5, "cacheReadInputTokens": 10, "cacheWriteInputTokens": 0},
        {"input": 100, "output": 5, "cached": 10},
    ),
    "Gemini": (
        {"promptTokenCount": 80, "toolUsePromptTokenCount": 20, "cachedContentTokenCount": 70,
         "candidatesTokenCount": 10, "thoughtsTokenCount": 20, "totalTokenCount": 130,
         "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 60}, {"modality": "AUDIO", "tokenCount": 20}]},
        {**THOUGHT, "tool_prompt": 20, "audio_input": 20},
    ),
    "Gemini, without a total": (
        {"prompt_token_count": 100, "candidates_token_count": 25, "thoughts_token_count": 5},
        {"input": 100, "output": 30, "reasoning": 5},
    ),
    "LangChain": (
        {"input_tokens": 100, "output_tokens": 30, "total_tokens": 130, "input_token_details": {"cache_read": 70},
         "output_token_details": {"reasoning": 20}},
        THOUGHT,
    ),
    "LiteLLM": (
        {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105, "cache_read_input_tokens": 70,
         "cache_creation_input_tokens": 20},
        {"input": 100, "output": 5, "cached": 70, "cache_write": 20},
    ),
    "DeepSeek": (
        {"prompt_tokens": 100, "completion_tokens": 30, "prompt_cache_hit_tokens": 70, "prompt_cache_miss_tokens": 30,
         "completion_tokens_details": {"reasoning_tokens": 20}, "total_tokens": 130},
        THOUGHT,
    ),
    "xAI, reasoning beside": (
        {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 130,
         "prompt_tokens_details": {"cached_tokens": 70}, "completion_tokens_details": {"reasoning_tokens": 20}},
        THOUGHT,
    ),
    "Cohere": (
        {"billed_units": {"input_tokens": 90, "output_tokens": 5}, "tokens": {"input_tokens": 100, "output_tokens": 6}},
        {"input": 100, "output": 6},
    ),
    "a total and one side": ({"completion_tokens": 5, "total_tokens": 105}, {"input": 100, "output": 5}),
}  # fmt: skip
PLACES = {
    "the answer of OpenInference": lambda usage: {**LLM, "output.value": json.dumps({"id": "r", "usage": usage})},
    "an answer as a document": lambda usage: {**CALL, "gen_ai.completion": json.dumps({"usage": usage})},
    "Langfuse": lambda usage: {
        "langfuse.observation.type": "generation", "langfuse.observation.usage_details": json.dumps(usage)
    },
    "MLflow": lambda usage: {"mlflow.spanType": '"LLM"', "mlflow.spanOutputs": json.dumps({"usage": usage})},
    "Laminar": lambda usage: {**CALL, "lmnr.span.type": "LLM", "lmnr.span.output": json.dumps({"usage": usage})},
    "Traceloop": lambda usage: {**CALL, "traceloop.entity.output": json.dumps({"a": [{"usageMetadata": usage}]})},
    "Haystack": lambda usage: {
        "haystack.component.type": "OpenAIChatGenerator",
        "haystack.component.output": json.dumps({"replies": [{"content": "hi", "meta": {"usage": usage}}]}),
    },
    "a Python repr": lambda usage: {**CALL, "response": repr({"usage": usage, "other": None})},
    "a structure": lambda usage: {**CALL, "usage": usage},
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("provider", OBJECTS)
def test_a_providers_usage_is_read_wherever_it_stands(provider, place):
    usage, expected = OBJECTS[provider]

    assert used(read_one(PLACES[place](usage))) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            (
                "ModelResponse(id='1', usage=Usage(completion_tokens=30, prompt_tokens=100, total_tokens=130, "
                "completion_tokens_details=CompletionTokensDetailsWrapper(reasoning_tokens=20, audio_tokens=None), "
                "prompt_tokens_details=PromptTokensDetailsWrapper(cached_tokens=70)))"
            ),
            THOUGHT,
        ),
        (
            "Usage(input_tokens=10, output_tokens=5, cache_read_input_tokens=70)",
            {"input": 80, "output": 5, "cached": 70},
        ),
        (
            (
                "GenerateContentResponseUsageMetadata(prompt_token_count=100, candidates_token_count=10, "
                "thoughts_token_count=20, cached_content_token_count=70)"
            ),
            THOUGHT,
        ),
    ],
)
def test_a_repr_of_a_clients_object_is_read(written, expected):
    assert used(read_one({**CALL, "llm.response": written})) == expected


def test_events_of_a_stream_are_one_statement():
    events = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}},
        {"type": "message_delta", "usage": {"output_tokens": 5}},
    ]

    assert used(read_one({**CLAUDE, "gen_ai.completion": json.dumps(events)})) == {"input": 10, "output": 5}


def test_an_answer_fills_what_flat_attributes_lack():
    flat = {**CALL, "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 30}

    assert used(read_one({**flat, "gen_ai.completion": json.dumps({"usage": OPENAI})})) == THOUGHT


def test_flat_counts_that_repeat_what_a_provider_leaves_parts_out_of_are_made_inclusive():
    flat = {**CLAUDE, "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 5}
    usage = {"input_tokens": 1_000, "output_tokens": 5, "cache_read_input_tokens": 70}

    assert used(read_one({**flat, "gen_ai.completion": json.dumps({"usage": usage})}))["input"] == 1_070
    flat["gen_ai.usage.input_tokens"] = 1_070
    assert used(read_one({**flat, "gen_ai.completion": json.dumps({"usage": usage})}))["input"] == 1_070


# --- what is inside what ---------------------------------------------------------------------------------------------

SENDERS = {
    "AI SDK 5, Anthropic": (
        {**INNER, "ai.model.provider": "anthropic.messages", "ai.model.id": "claude-sonnet-4-5",
         "ai.usage.inputTokens": 1_000, "ai.usage.outputTokens": 9, "ai.usage.cachedInputTokens": 70,
         "ai.usage.totalTokens": 1_009}, "ai", 1_070, 9),
    "AI SDK 5, Bedrock": (
        {**INNER, "ai.model.provider": "amazon-bedrock", "ai.model.id": "us.anthropic.claude-sonnet-4-5",
         "ai.usage.inputTokens": 1_000, "ai.usage.outputTokens": 9, "ai.usage.cachedInputTokens": 70}, "ai", 1_070, 9),
    "AI SDK 5, OpenAI": (
        {**INNER, "ai.usage.inputTokens": 1_000, "ai.usage.outputTokens": 9, "ai.usage.cachedInputTokens": 70},
        "ai", 1_000, 9),
    "AI SDK 5, Gemini": (
        {**INNER, "ai.model.provider": "google.generative-ai", "ai.model.id": "gemini-2.5-pro",
         "ai.usage.inputTokens": 1_000, "ai.usage.outputTokens": 9, "ai.usage.reasoningTokens": 5}, "ai", 1_000, 14),
    "AI SDK 6, Anthropic": (
        {**INNER, "ai.model.provider": "anthropic.messages", "ai.model.id": "claude-sonnet-4-5",
         "ai.usage.inputTokens": 1_070, "ai.usage.outputTokens": 9, "ai.usage.cachedInputTokens": 70,
         "ai.usage.inputTokenDetails.noCacheTokens": 1_000, "ai.usage.inputTokenDetails.cacheReadTokens": 70},
        "ai", 1_070, 9),
    "OpenLIT, Anthropic": (
        {**CLAUDE, "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 9,
         "gen_ai.usage.cache_read.input_tokens": 70}, "openlit.otel.tracing", 1_070, 9),
    "OpenTelemetry, Anthropic": (
        {**CLAUDE, "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 9,
         "gen_ai.usage.cache_read.input_tokens": 70}, "opentelemetry.instrumentation.anthropic", 1_000, 9),
    "Pydantic AI, beside what the provider said": (
        {**CLAUDE, "gen_ai.usage.details.input_tokens": 930, "gen_ai.usage.details.cache_read_input_tokens": 70,
         "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 9}, "pydantic-ai", 1_000, 9),
    "Langfuse, buckets": (
        {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": json.dumps(
            {"input": 930, "input_cached_tokens": 70, "output": 4, "output_reasoning_tokens": 5, "total": 1_009})},
        "langfuse-sdk", 1_000, 9),
    "Langfuse, buckets inside": (
        {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": json.dumps(
            {"input": 1_000, "input_cached_tokens": 70, "output": 9, "output_reasoning_tokens": 5, "total": 1_009})},
        "langfuse-sdk", 1_000, 9),
}  # fmt: skip


@pytest.mark.parametrize("sender", SENDERS)
def test_a_sender_is_known_to_include_or_to_leave_out(sender):
    attributes, scope, taken_in, given_out = SENDERS[sender]
    span = read_one(attributes, scope)

    assert (span.input_tokens, span.output_tokens) == (taken_in, given_out)


sizes = st.integers(1, 10**6)


@given(sizes, sizes, sizes, sizes, sizes)
def test_the_total_tells_what_is_beside(fresh, cached, written, said, thought):
    assume(len({cached + written, thought, cached, written}) == 4)
    whole, total = fresh + cached + written, fresh + cached + written + said + thought
    parts = {"cached": cached, "cache_write": written, "reasoning": thought, "total": total}
    # The same call as four senders count it: every part inside, one beside, both beside.
    for cache_beside in (False, True):
        for thought_beside in (False, True):
            reading = {
                **parts,
                "input": fresh if cache_beside else whole,
                "output": said if thought_beside else said + thought,
            }
            settle(reading)
            assert (reading["input"], reading["output"]) == (whole, said + thought)


@given(st.dictionaries(st.sampled_from(["cached", "cache_write", "cache_write_1h", "reasoning", "total", "fresh",
                                        *INPUT_PARTS, *OUTPUT_PARTS]), st.integers(0, 10**6)),
       st.none() | sizes, st.none() | sizes)  # fmt: skip
def test_no_part_is_ever_larger_than_its_whole(parts, taken_in, given_out):
    reading = dict(parts)
    reading |= {side: whole for side, whole in (("input", taken_in), ("output", given_out)) if whole is not None}
    settle(reading)

    for side, names in (("input", ("cached", "cache_write", *INPUT_PARTS)), ("output", OUTPUT_PARTS)):
        if side in reading and (taken_in if side == "input" else given_out) is not None:
            assert all(reading.get(name, 0) <= reading[side] for name in names)
            assert reading[side] >= (taken_in if side == "input" else given_out)
