"""Costs in whole nano-dollars, and secrets that do not get further than the log."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.price import MILLION, Prices, load_prices, price
from baserun_server.ingest.redaction.redact import Redaction
from baserun_server.model import Batch, Span

LIST = Prices(
    {
        "version": "test",
        "providers": {
            "openai": [
                {
                    "match": {"or": [{"equals": "big"}, {"regex": "^big-\\d{4}$"}]},
                    "prices": [
                        {"input": "2.5", "cached": "0.3125", "cache_write": "3.125", "output": "10", "reasoning": "12"}
                    ],
                },
                {
                    "match": {"starts": "tiered"},
                    "prices": [{"input": "1", "output": "2", "tiers": [{"above": 100, "input": "3", "output": "4"}]}],
                },
                {
                    "match": {"equals": "changed"},
                    "prices": [{"input": "1"}, {"since": "2026-11-01", "input": "2"}],
                },
            ],
            "groq": [{"match": {"equals": "big"}, "prices": [{"input": "1", "output": "1"}]}],
        },
    }
)


def a_call(model="big", provider="openai", start_us=forms.RECEIVED_US, **usage):
    return Span(
        project_id="p", trace_id="", span_id="", kind="llm", start_us=start_us, end_us=start_us, received_us=start_us,
        provider=provider, model=model, **usage,
    )  # fmt: skip


def cost(**call):
    return LIST.cost_nano_usd(a_call(**call))


def test_every_kind_of_token_has_its_own_price():
    computed = cost(
        input_tokens=1_000, cached_tokens=400, cache_write_tokens=100, output_tokens=50, reasoning_tokens=20
    )

    assert computed == 500 * 2_500 + 400 * 312.5 + 100 * 3_125 + 30 * 10_000 + 20 * 12_000


def test_fractions_of_a_nano_dollar_are_rounded_once_at_the_end():
    assert cost(input_tokens=1, cached_tokens=1, output_tokens=0) == 313
    assert cost(input_tokens=2, cached_tokens=2, output_tokens=0) == 625


@given(st.lists(st.integers(0, 10**7), min_size=5, max_size=5))
def test_a_cost_is_exact(counts):
    given_in, cached, written, given_out, reasoned = counts
    cached = min(cached, given_in)
    written = min(written, given_in - cached)
    reasoned = min(reasoned, given_out)
    exact = (
        (given_in - cached - written) * 2_500_000_000 + cached * 312_500_000 + written * 3_125_000_000
        + (given_out - reasoned) * 10_000_000_000 + reasoned * 12_000_000_000
    )  # fmt: skip

    computed = cost(
        input_tokens=given_in,
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=given_out,
        reasoning_tokens=reasoned,
    )

    assert abs(computed * MILLION - exact) * 2 <= MILLION


def test_the_price_of_a_tier_holds_for_every_token_of_the_call():
    assert cost(model="tiered-1", input_tokens=100, output_tokens=10) == 100 * 1_000 + 10 * 2_000
    assert cost(model="tiered-1", input_tokens=101, output_tokens=10) == 101 * 3_000 + 10 * 4_000


def test_a_call_costs_what_held_when_it_was_made():
    october_us = forms.RECEIVED_US - 30 * 86_400_000_000

    assert cost(model="changed", input_tokens=1, start_us=october_us) == 1_000
    assert cost(model="changed", input_tokens=1) == 2_000


def test_an_unknown_model_or_usage_has_no_cost_rather_than_none_at_all():
    assert cost(model="nobody-knows-it", input_tokens=5) is None
    assert cost() is None


@pytest.mark.parametrize(
    ("provider", "model", "nano_usd"),
    [
        ("openai", "big-0613", 2_500),
        ("groq", "big", 1_000),
        ("localhost", "big", 2_500),
        ("openrouter.ai", "openai/big", 2_500),
    ],
)
def test_a_model_is_found_under_its_provider_or_its_maker(provider, model, nano_usd):
    assert cost(provider=provider, model=model, input_tokens=1, output_tokens=0) == nano_usd


def test_a_reported_cost_stands_where_we_have_none():
    unknown, known = (a_call(model, input_tokens=1, output_tokens=0) for model in ("unknown", "big"))
    for span in (unknown, known):
        span.cost_reported_nano_usd = 7
        price(span, LIST)

    assert (unknown.cost_nano_usd, unknown.cost_source) == (7, "reported")
    assert (known.cost_nano_usd, known.cost_source) == (2_500, "computed")


USUAL = [
    ("openai", "gpt-4.1-mini-2025-04-14"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("gcp.gemini", "gemini-2.5-pro"),
    ("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("mistral_ai", "mistral-large-latest"),
]


@pytest.mark.parametrize(("provider", "model"), USUAL)
def test_our_own_list_knows_the_usual_models(provider, model):
    assert load_prices().cost_nano_usd(a_call(model, provider, input_tokens=1000, output_tokens=0))


def test_a_file_of_ones_own_goes_before_our_list(tmp_path):
    file = tmp_path / "prices.json"
    file.write_text(
        json.dumps({"providers": {"openai": [{"match": {"equals": "gpt-4.1-mini"}, "prices": [{"input": "99"}]}]}})
    )
    assert load_prices(file).cost_nano_usd(a_call("gpt-4.1-mini", input_tokens=1, output_tokens=0)) == 99_000


NAMES = [
    ("openai", "openai/gpt-4o", "gpt-4o"),
    ("", "openai:gpt-4o", "gpt-4o"),
    ("", "openrouter/openai/gpt-4o", "gpt-4o"),
    ("my-gateway.example", "GPT-4o-2024-08-06", "gpt-4o"),
    ("eu.openai.azure.com", "azure/gpt-4o", "gpt-4o"),
    ("anthropic", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
    ("anthropic", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
    ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
    ("", "gemini/gemini-2.5-pro", "gemini-2.5-pro"),
]


@pytest.mark.parametrize(("provider", "model", "same_as"), NAMES)
def test_a_model_is_priced_as_what_its_name_names(provider, model, same_as):
    maker = {"gpt": "openai", "cla": "anthropic", "gem": "google"}[same_as[:3]]
    usage = {"input_tokens": 1_000, "output_tokens": 10}

    cost = load_prices().cost_nano_usd(a_call(model, provider, **usage))
    assert cost == load_prices().cost_nano_usd(a_call(same_as, maker, **usage)) is not None


def test_a_region_and_a_fine_tune_have_prices_of_their_own():
    usage = {"input_tokens": 1_000_000, "output_tokens": 0}
    prices = load_prices()

    assert prices.cost_nano_usd(a_call("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "", **usage)) == 3_300_000_000
    assert prices.cost_nano_usd(a_call("ft:gpt-4o-mini:org::id", **usage)) == 300_000_000
    assert prices.cost_nano_usd(a_call("ft:nobody-knows-it:org::id", **usage)) is None


ORDERS = Prices(
    {
        "version": "test",
        "providers": {
            "openai": [
                {
                    "id": "m",
                    "match": {"equals": "m"},
                    "prices": [
                        {"input": "2", "cached": "1", "output": "4", "audio_input": "20", "cache_write_1h": "8"}
                    ],
                    "variants": [{"tier": "flex", "input": "1", "output": "2"}],
                },
                {"id": "plain", "match": {"equals": "plain"}, "prices": [{"input": "2", "output": "4"}]},
                {"id": "claude", "match": {"equals": "claude"}, "prices": [{"input": "2", "cache_write": "2.5"}]},
            ],
            "google": [{"id": "g", "match": {"equals": "g"}, "prices": [{"input": "2", "output": "4"}]}],
        },
    }
)


def ordered(attributes, **call):
    span = a_call(**{"model": "m", "input_tokens": 10, "output_tokens": 10, **call})
    span.attributes = attributes
    return ORDERS.cost_nano_usd(span)


@pytest.mark.parametrize(
    ("attributes", "nano_usd"),
    [
        ({}, 60_000),
        ({"openai.request.service_tier": "flex"}, 30_000),
        ({"gen_ai.openai.response.service_tier": "flex", "gen_ai.openai.request.service_tier": "auto"}, 30_000),
        ({"openai.request.service_tier": "flex", "openai.response.service_tier": "default"}, 60_000),
        ({"gen_ai.request.service_tier": "priority"}, None),
    ],
)
def test_a_call_costs_what_it_was_ordered_as(attributes, nano_usd):
    assert ordered(attributes) == nano_usd


@pytest.mark.parametrize(
    ("model", "provider", "details", "nano_usd"),
    [
        ("m", "openai", {"audio_input": 4}, 6 * 2_000 + 4 * 20_000 + 40_000),
        ("m", "openai", {"audio_output": 4}, None),
        ("m", "openai", {"image_input": 4}, 60_000),
        ("plain", "openai", {"audio_input": 4}, None),
        ("g", "google", {"audio_input": 4}, 60_000),
    ],
)
def test_audio_is_never_priced_as_text(model, provider, details, nano_usd):
    assert ordered({}, model=model, provider=provider, usage_details=details) == nano_usd


def test_what_is_kept_for_an_hour_costs_more():
    for model, nano_usd in (("m", 6 * 2_000 + 4 * 8_000), ("claude", 6 * 2_000 + 4 * 4_000)):
        assert (
            ordered({}, model=model, output_tokens=0, cache_write_tokens=4, usage_details={"cache_write_1h": 4})
            == nano_usd
        )


@pytest.mark.parametrize("side", ["input_tokens", "output_tokens"])
def test_a_side_that_is_not_known_leaves_a_call_without_a_price(side):
    assert ordered({}, **{side: None}) is None


def test_a_bill_goes_before_a_price():
    span = a_call(input_tokens=1, output_tokens=0)
    span.cost_reported_nano_usd, span.cost_is_bill = 7, True
    price(span, LIST)

    assert (span.cost_nano_usd, span.cost_source) == (7, "reported")


BILLS = [
    ({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openrouter", "gen_ai.usage.cost": 0.5}, True),
    ({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.usage.cost": 0.5}, False),
    ({"gen_ai.operation.name": "chat", "operation.cost": 0.5}, False),
    ({"gen_ai.operation.name": "chat", "gen_ai.usage.cost_in_usd_ticks": 5_000_000_000}, True),
    ({"openinference.span.kind": "LLM", "llm.cost.total": 0.5}, False),
    ({"openinference.span.kind": "LLM", "output.value": '{"usage": {"prompt_tokens": 1, "cost": 0.5}}'}, True),
    ({"langfuse.observation.type": "generation",
      "langfuse.observation.cost_details": '{"input": 0.2, "output": 0.3}'}, True),
    ({"mlflow.spanType": '"LLM"', "mlflow.llm.cost": '{"total_cost": 0.5}'}, False),
    ({"ai.operationId": "ai.generateText.doGenerate",
      "ai.response.providerMetadata": '{"gateway": {"cost": "0.5"}}'}, True),
]  # fmt: skip


@pytest.mark.parametrize(("attributes", "is_bill"), BILLS)
def test_who_asks_for_a_call_knows_what_it_costs(attributes, is_bill):
    [span] = forms.read_both(forms.traces_request({"name": "chat", "attributes": attributes})).spans

    assert (span.cost_reported_nano_usd, span.cost_is_bill) == (500_000_000, is_bill)


SECRETS = {
    "http.request.header.authorization": "Bearer abcdefghijklmnop",
    "openai_api_key": "anything",
    "llm.headers": json.dumps({"X-Api-Key": "abc", "accept": "*/*"}),
    "note": "use sk-abcdefghijklmnopqrstuvwx now",
    "python": "{'Authorization': 'Basic abcdefghijklmnop', 'n': None}",
    "set-cookie": ["a=b"],
}


def test_secrets_are_replaced_wherever_they_stand():
    messages = [{"role": "user", "parts": [{"type": "text", "content": "My key is sk-abcdefghijklmnopqrstuvwx"}]}]
    span = {
        "attributes": {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "m",
            "gen_ai.input.messages": json.dumps(messages),
            **SECRETS,
        }
    }

    [read] = forms.read_both(forms.traces_request(span)).spans

    kept = json.dumps([read.attributes, read.input_messages])
    for secret in ("abcdefghijklmnop", "anything", '"abc"', "a=b"):
        assert secret not in kept
    assert read.input_messages[0]["parts"][0]["content"] == "My key is [redacted]"
    assert "*/*" in read.attributes["llm.headers"]
    assert "'n': None" in read.attributes["python"]


def test_what_is_no_secret_stays_as_it_is():
    harmless = {
        "cookie_count": "three", "recipe": "a basic cookie, task-management of an authorization",
        "secretary": "not listed",
        "gen_ai.usage.total_tokens": 5,
    }  # fmt: skip

    [read] = forms.read_both(forms.traces_request({"attributes": harmless})).spans

    assert {key: read.attributes[key] for key in harmless} == harmless


def test_settings_can_name_further_secrets():
    sample = {"attributes": {"shop.pin": "1234", "note": "card 4000-1234"}}

    [read] = forms.read_both(forms.traces_request(sample), redact_keys="pin", redact_patterns=r"\d{4}-\d{4}").spans

    assert (read.attributes["shop.pin"], read.attributes["note"]) == ("[redacted]", "card [redacted]")


@pytest.mark.parametrize("key", SECRETS)
def test_a_request_with_a_secret_is_never_passed_over(key):
    for body in (forms.protobuf(forms.traces_request({"attributes": {key: SECRETS[key]}})),):
        assert Redaction().may_concern(body)


def test_records_of_every_kind_are_cleaned():
    batch = forms.read_both(
        forms.logs_request(
            {"eventName": "baserun.log", "body": {"cookie": "a=b"}, "attributes": {}},
            {"eventName": "baserun.user.identify", "attributes": {"user.id": "u", "baserun.trait.api_key": "k"}},
        )
    )

    assert batch.logs[0].body == {"cookie": "[redacted]"}
    assert batch.user_events[0].traits == {"api_key": "[redacted]"}
    assert isinstance(batch, Batch)
