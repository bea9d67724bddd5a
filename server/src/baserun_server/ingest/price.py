"""What an LLM call cost, in whole nano-dollars, by the prices that held when it was made.

The prices stand in `prices.json`, in USD per million tokens, by provider and model; `BASERUN_PRICES_FILE` replaces or
adds to them. A model that is not in them has no cost: unknown is not 0. A cost that the sender reports is kept where we
have none of our own.
"""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ..model import Span

MILLION = 1_000_000
OUR_PROVIDERS = {
    "azure.ai.openai": "azure",
    "azure.ai.inference": "azure",
    "aws.bedrock": "aws",
    "gcp.gemini": "google",
    "gcp.vertex_ai": "google",
    "gcp.gen_ai": "google",
    "mistral_ai": "mistral",
    "x_ai": "x-ai",
    "moonshot_ai": "moonshotai",
}
"""Names of the GenAI conventions whose prices stand under another name."""
FIRST_HANDS = ("openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "perplexity", "moonshotai")
"""Makers of models, in whose price lists a model is looked up when its provider has none: gateways, own hosts."""


class Rates(NamedTuple):
    """Nano-dollars per million tokens, all whole numbers."""

    input: int
    output: int
    cached: int
    cache_write: int
    reasoning: int


class Tariff(NamedTuple):
    """The rates of a model from a day on; those of a tier hold for all tokens of a call whose input is larger."""

    since: str
    rates: Rates
    tiers: tuple[tuple[int, Rates], ...]


NAME_CHARACTERS = 512
"""Longest name of a model that has a price; of a longer one nothing is looked up and nothing is remembered."""


class Prices:
    """A price list and its version."""

    def __init__(self, document: Mapping[str, Any], own: Mapping[str, Any] | None = None) -> None:
        self.version: str = document["version"]
        self._providers: dict[str, list[dict[str, Any]]] = dict(document["providers"])
        for name, models in (own or {}).get("providers", {}).items():
            self._providers[name] = models + self._providers.get(name, [])
        self._known = lru_cache(2_000)(self._find)

    def cost_nano_usd(self, span: Span) -> int | None:
        """The cost of a call, None where the model or its usage is not known."""
        if span.input_tokens is None and span.output_tokens is None:
            return None
        tariffs = self._tariffs_of(span.provider, span.model) or self._tariffs_of(span.provider, span.model_requested)
        if not tariffs:
            return None
        taken_in = span.input_tokens or 0
        rates = _rates_at(tariffs, span.start_us, taken_in)
        cached = min(span.cached_tokens or 0, taken_in)
        written = min(span.cache_write_tokens or 0, taken_in - cached)
        given_out = span.output_tokens or 0
        reasoned = min(span.reasoning_tokens or 0, given_out)
        nano_times_million = (
            (taken_in - cached - written) * rates.input
            + cached * rates.cached
            + written * rates.cache_write
            + (given_out - reasoned) * rates.output
            + reasoned * rates.reasoning
        )
        return (nano_times_million + MILLION // 2) // MILLION

    def _tariffs_of(self, provider: str, model: str) -> tuple[Tariff, ...]:
        if not model or len(model) + len(provider) > NAME_CHARACTERS:
            return ()
        return self._known(provider, model)

    def _find(self, provider: str, model: str) -> tuple[Tariff, ...]:
        provider = OUR_PROVIDERS.get(provider, provider)
        listed = [provider] if provider in self._providers else []
        for name in (*listed, *(name for name in FIRST_HANDS if name != provider)):
            # The same model may be offered under the name of its maker, `anthropic/claude-…` or `models/gemini-…`.
            for candidate in (model, model.rpartition("/")[2]):
                for listed_model in self._providers.get(name, []):
                    if _matches(listed_model["match"], candidate.lower()):
                        return _tariffs(listed_model["prices"])
        return ()


def price(span: Span, prices: Prices) -> None:
    """Fix the cost of an LLM call: ours, else what the sender reported, else none."""
    if span.kind not in ("llm", "embedding"):
        return
    computed = prices.cost_nano_usd(span)
    if computed is not None:
        span.cost_nano_usd, span.cost_source = computed, "computed"


def load_prices(own: Path | None = None) -> Prices:
    """Our price list, with the file of the settings in front where there is one."""
    document = orjson.loads(files("baserun_server.ingest").joinpath("prices.json").read_bytes())
    return Prices(document, orjson.loads(own.read_bytes()) if own else None)


def _tariffs(prices: list[dict[str, Any]]) -> tuple[Tariff, ...]:
    tariffs = []
    for entry in prices:
        tiers = tuple((tier["above"], _rates({**entry, **tier})) for tier in entry.get("tiers", []))
        tariffs.append(Tariff(entry.get("since", ""), _rates(entry), tiers))
    return tuple(tariffs)


def _rates(entry: Mapping[str, Any]) -> Rates:
    taken_in = _nano(entry["input"])
    given_out = _nano(entry.get("output", "0"))
    return Rates(
        taken_in,
        given_out,
        _nano(entry["cached"]) if "cached" in entry else taken_in,
        _nano(entry["cache_write"]) if "cache_write" in entry else taken_in,
        _nano(entry["reasoning"]) if "reasoning" in entry else given_out,
    )


def _nano(usd: str) -> int:
    return int(Decimal(usd) * 1_000_000_000)


def _rates_at(tariffs: tuple[Tariff, ...], at_us: int, taken_in: int) -> Rates:
    tariff = tariffs[0]
    if len(tariffs) > 1:
        day = datetime.datetime.fromtimestamp(at_us / 1_000_000, datetime.timezone.utc).date().isoformat()
        tariff = [candidate for candidate in tariffs if candidate.since <= day][-1:] or [tariff]
        tariff = tariff[0]
    rates = tariff.rates
    for above, tier_rates in tariff.tiers:
        if taken_in > above:
            rates = tier_rates
    return rates


def _matches(match: dict[str, Any], model: str) -> bool:
    [(how, what)] = match.items()
    if how == "equals":
        return model == what
    if how == "starts":
        return model.startswith(what)
    if how == "ends":
        return model.endswith(what)
    if how == "contains":
        return what in model
    if how == "regex":
        return re.search(what, model) is not None
    if how == "or":
        return any(_matches(part, model) for part in what)
    return all(_matches(part, model) for part in what)
