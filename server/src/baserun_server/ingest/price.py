"""What a call cost, in whole nano-dollars, by the prices that held when it was made.

The prices stand in `prices.json`, in USD per million tokens, by provider and model; `BASERUN_PRICES_FILE` replaces or
adds to them. A call of which something is not known, its model, a side of its usage, the price of a kind of token, has
no cost: unknown is not 0. What the sender reports is kept beside; it counts where it is a bill, or where we have none.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ..model import Span
from .bounds import is_usual
from .values import text

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
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "amazon-bedrock": "aws",
    "sagemaker": "aws",
    "vertex_ai": "google",
    "vertex_ai_beta": "google",
    "vertexai": "google",
    "vertex": "google",
    "gemini": "google",
    "google_genai": "google",
    "google-gla": "google",
    "google-vertex": "google",
    "google_vertexai": "google",
    "azure_ai": "azure",
    "azure_openai": "azure",
    "xai": "x-ai",
    "mistralai": "mistral",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
    "moonshot": "moonshotai",
    "voyage": "voyageai",
    "cohere_chat": "cohere",
    "text-completion-openai": "openai",
}
"""Names of the GenAI conventions, and what gateways write before a model, whose prices stand under another name."""
IN_NAMES = (
    ("azure", "azure"),
    ("bedrock", "aws"),
    ("amazonaws", "aws"),
    ("googleapis", "google"),
    ("vertex", "google"),
    ("openrouter", "openrouter"),
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("mistral", "mistral"),
    ("groq", "groq"),
    ("deepseek", "deepseek"),
)
"""What the name of a host or a class says about a provider; the more exact before the others."""
FIRST_HANDS = ("openai", "anthropic", "google", "mistral", "deepseek", "x-ai", "cohere", "perplexity", "moonshotai",
               "voyageai", "zhipuai", "minimax", "aws")  # fmt: skip
"""Makers of models, in whose price lists a model is looked up when its provider has none: gateways, own hosts."""
ONE_PRICE = ("google",)
"""Providers that list a kind of input apart only where it costs something else."""
STANDARD = frozenset(("", "auto", "default", "standard", "standard_only", "on_demand"))
TIERS = frozenset(("flex", "batch", "priority", "fast"))
REGION = re.compile(r"^(us-gov|us|eu|apac|jp|au|global)\.(?=[a-z0-9]+\.)")
OF_BEDROCK = re.compile(r"^((us-gov|us|eu|apac|jp|au|global)\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\.")
COMPACT_DATE = re.compile(r"[-@](20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=$|-|:)")
DATE = re.compile(r"[-@](20\d{2}-?[01]\d-?[0-3]\d|latest|\d{4}|00\d)$")
WRITTEN_FOR_AN_HOUR = 2
"""How many times the input's price Anthropic asks for what it keeps for an hour, where no list says it."""

Rates = dict[str, int]
"""Nano-dollars per million tokens, all whole numbers, by kind of token; those of kinds without a price are missing."""


class Tariff(NamedTuple):
    """The rates of a model from a day on; those of a tier hold for all tokens of a call whose input is larger."""

    since: str
    rates: Rates
    tiers: tuple[tuple[int, Rates], ...]


class Listed(NamedTuple):
    """What a model costs, and what is otherwise where a call was ordered as `flex`, `batch`, `priority` or `fast`."""

    provider: str
    tariffs: tuple[Tariff, ...]
    orders: Mapping[str, Tariff]


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
        """The cost of a call, None where something that it depends on is not known."""
        if span.input_tokens is None and span.output_tokens is None:
            return None
        listed = self._listed(span.provider, span.model) or self._listed(span.provider, span.model_requested)
        if listed is None:
            return None
        rates = _rates_at(listed.tariffs, span.start_us, span.input_tokens or 0)
        if "cache_write_1h" in span.usage_details and "cache_write_1h" not in rates and "claude" in span.model.lower():
            rates = {**rates, "cache_write_1h": WRITTEN_FOR_AN_HOUR * rates["input"]}
        order = order_of(span)
        if order:
            if order not in listed.orders:
                return None
            changed = listed.orders[order]
            rates = rates | _rates_at((changed,), span.start_us, span.input_tokens or 0)
        return _cost(span, rates, has_one_price=listed.provider in ONE_PRICE)

    def _listed(self, provider: str, model: str) -> Listed | None:
        if not model or len(model) + len(provider) > NAME_CHARACTERS:
            return None
        return self._known(provider, model)

    def _find(self, provider: str, model: str) -> Listed | None:
        name = model.strip().lower()
        providers = dict.fromkeys((self._list_of(provider), *self._named_in(name), *FIRST_HANDS))
        candidates = list(dict.fromkeys(_names_of(name, self._is_provider)))
        for listed in providers:
            for candidate in candidates:
                for entry in self._providers.get(listed, []):
                    if _matches(entry["match"], candidate) or candidate == entry.get("id"):
                        orders = {one["tier"]: _tariff(one) for one in entry.get("variants", [])}
                        return Listed(listed, tuple(map(_tariff, entry["prices"])), orders)
        return None

    def _list_of(self, provider: str) -> str:
        """The provider under whose name prices stand; empty where there is none."""
        name = provider.strip().lower()
        name = OUR_PROVIDERS.get(name, name)
        if name in self._providers:
            return name
        return next((listed for word, listed in IN_NAMES if word in name), "")

    def _is_provider(self, word: str) -> bool:
        return word in OUR_PROVIDERS or word in self._providers

    def _named_in(self, model: str) -> Iterator[str]:
        """Providers that a model's own name tells: `bedrock/…`, `anthropic:…`, `us.anthropic.…`."""
        words = [word for word in re.split(r"[/:]", model)[:-1] if self._is_provider(word)]
        yield from (self._list_of(word) for word in words)
        if OF_BEDROCK.match(model.rpartition("/")[2]):
            yield "aws"


def price(span: Span, prices: Prices) -> None:
    """Fix the cost of what used tokens: the bill, else ours, else what the sender reckoned, else none."""
    computed = None if span.cost_is_bill else prices.cost_nano_usd(span)
    if computed is not None:
        span.cost_nano_usd, span.cost_source = computed, "computed"
    elif span.cost_reported_nano_usd is not None:
        span.cost_nano_usd, span.cost_source = span.cost_reported_nano_usd, "reported"


def order_of(span: Span) -> str:
    """As what a call was ordered, where it costs something else then: as it was answered, else as it was asked for."""
    said = span.service_tier
    if not said:
        keys = tuple(span.attributes)
        for key in orders_among(keys) if is_usual(keys) else orders_among.__wrapped__(keys):
            said = text(span.attributes[key])
            if said:
                break
        said = said or text(span.parameters.get("service_tier"))
    said = said.lower()
    return "" if said in STANDARD or said not in TIERS else said


@lru_cache(1_024)
def orders_among(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some attributes that say as what a call was ordered; answers first."""
    found = [key for key in keys if key.endswith(("service_tier", "serviceTier"))]
    return tuple(sorted(found, key=lambda key: "response" not in key))


def load_prices(own: Path | None = None) -> Prices:
    """Our price list, with the file of the settings in front where there is one."""
    document = orjson.loads(files("baserun_server.ingest").joinpath("prices.json").read_bytes())
    return Prices(document, orjson.loads(own.read_bytes()) if own else None)


# --- what a call costs -----------------------------------------------------------------------------------------------


def _cost(span: Span, rates: Rates, has_one_price: bool) -> int | None:
    taken_in, given_out = span.input_tokens, span.output_tokens
    if given_out is None and (span.kind in ("embedding", "retrieval") or not rates.get("output")):
        given_out = 0
    if taken_in is None or given_out is None:
        return None
    used = _taken_in(span, taken_in, rates) + _given_out(span, given_out)
    nano_times_million = rates.get("requests", 0)
    for kind, instead, tokens in used:
        rate = rates.get(kind)
        if rate is None:
            if tokens and kind.startswith(("audio", "cached_audio")) and not has_one_price:
                return None
            rate = rates.get(instead, rates["input"] if instead == "cached" else 0)
        nano_times_million += tokens * rate
    return (nano_times_million + MILLION // 2) // MILLION


Used = tuple[str, str, int]
"""A kind of token, the kind whose price holds where it has none, and how many."""


def _taken_in(span: Span, taken_in: int, rates: Rates) -> list[Used]:
    details = span.usage_details
    cached = min(span.cached_tokens or 0, taken_in)
    written = min(span.cache_write_tokens or 0, taken_in - cached)
    for_an_hour = min(details.get("cache_write_1h", 0), written) if details else 0
    rest = taken_in - cached - written
    used: list[Used] = [
        ("cache_write", "input", written - for_an_hour),
        ("cache_write_1h", "cache_write" if "cache_write" in rates else "input", for_an_hour),
    ]
    for kind in ("audio", "image", "video") if details else ():
        of_cached = min(details.get(f"cached_{kind}", 0), cached)
        fresh = min(max(details.get(f"{kind}_input", 0) - of_cached, 0), rest)
        used += [(f"{kind}_input", "input", fresh), (f"cached_{kind}", "cached", of_cached)]
        cached, rest = cached - of_cached, rest - fresh
    return [("input", "input", rest), ("cached", "input", cached), *used]


def _given_out(span: Span, given_out: int) -> list[Used]:
    reasoned = min(span.reasoning_tokens or 0, given_out)
    rest = given_out - reasoned
    used: list[Used] = [("reasoning", "output", reasoned)]
    for kind in ("audio", "image", "video") if span.usage_details else ():
        spoken = min(span.usage_details.get(f"{kind}_output", 0), rest)
        used.append((f"{kind}_output", "output", spoken))
        rest -= spoken
    return [("output", "output", rest), *used]


# --- the list --------------------------------------------------------------------------------------------------------


def _names_of(name: str, is_provider: Any) -> Iterator[str]:
    """What a model may be listed as, the exact before the shortened; a fine-tune is never the model that it was made
    from, since it costs something else."""
    yield name
    shorter = name
    while "/" in shorter or ":" in shorter:
        head, sign, tail = shorter.partition("/" if "/" in shorter else ":")
        if sign == ":" and not is_provider(head):
            break
        shorter = tail
        yield shorter
    if shorter.startswith("ft:"):
        yield shorter.split(":")[1].join(("ft:", ""))
        return
    yield REGION.sub("", shorter)
    yield COMPACT_DATE.sub(r"-\1-\2-\3", shorter)
    plain = shorter.partition("@")[0].partition(":")[0] if not OF_BEDROCK.match(shorter) else shorter
    yield plain
    yield DATE.sub("", COMPACT_DATE.sub("", plain))


def _tariff(entry: Mapping[str, Any]) -> Tariff:
    tiers = tuple((tier["above"], _rates({**entry, **tier})) for tier in entry.get("tiers", []))
    return Tariff(entry.get("since", ""), _rates(entry), tiers)


def _rates(entry: Mapping[str, Any]) -> Rates:
    rates = {kind: _nano(usd) for kind, usd in entry.items() if kind not in NO_RATES}
    if "requests" in rates:
        # By the thousand, and once a call.
        rates["requests"] *= MILLION // 1_000
    return rates


NO_RATES = frozenset(("since", "tiers", "tier", "above"))


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
