"""Make `ingest/prices.json` anew from the package genai-prices (MIT), which people keep up to date.

The package is locked for development; to update, lock its newer version and run, in this repository's environment:

    .venv/bin/python tasks/update_prices.py
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from genai_prices import types  # type: ignore[import-not-found]
from genai_prices.data import providers  # type: ignore[import-not-found]

TARGET = Path(__file__).parent.parent / "server/src/baserun_server/ingest/prices.json"
RATES = {
    "input": "input_mtok",
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "output": "output_mtok",
    "reasoning": "output_reasoning_mtok",
    "audio_input": "input_audio_mtok",
    "image_input": "input_image_mtok",
    "video_input": "input_video_mtok",
    "cached_audio": "cache_audio_read_mtok",
    "cached_image": "cache_image_read_mtok",
    "audio_output": "output_audio_mtok",
    "image_output": "output_image_mtok",
    "video_output": "output_video_mtok",
    "requests": "requests_kcount",
}
"""Ours and the package's; requests by the thousand, all others by the million tokens."""
VARIANTS = ("service_tier", "processing")
"""What a call may be ordered as."""


def main() -> None:
    """Write the file and say what is in it."""
    listed = {}
    for provider in providers:
        models = [entry for model in provider.models if (entry := model_entry(model))]
        if models:
            listed[provider.id] = models
    document = {
        "version": f"genai-prices {version('genai-prices')}",
        "unit": "USD per million tokens",
        "providers": listed,
    }
    lines = [f'"{name}": [\n' + ",\n".join(map(dump, models)) + "\n]" for name, models in listed.items()]
    head = json.dumps({key: document[key] for key in ("version", "unit")})[:-1]
    TARGET.write_text(f'{head}, "providers": {{\n' + ",\n".join(lines) + "\n}}\n")
    print(f"{sum(map(len, listed.values()))} models of {len(listed)} providers, {TARGET.stat().st_size:,} bytes")


def model_entry(model: Any) -> dict[str, Any] | None:
    """A model that is paid by the token, None for any other."""
    conditional = model.prices if isinstance(model.prices, list) else [types.ConditionalPrice(prices=model.prices)]
    prices = []
    for condition in conditional:
        if condition.constraint is not None and not isinstance(condition.constraint, types.StartDateConstraint):
            continue
        entry = price_entry(condition.prices)
        if entry is None:
            continue
        if condition.constraint is not None:
            entry["since"] = condition.constraint.start_date.isoformat()
        prices.append(entry)
    made = {"id": model.id, "match": match_entry(model.match), "prices": prices}
    variants = [entry for variant in model.price_variants or [] if (entry := variant_entry(variant))]
    if variants:
        made["variants"] = variants
    return made if prices else None


def variant_entry(variant: Any) -> dict[str, Any] | None:
    """What is dearer or cheaper where a call was ordered otherwise; None where no order of ours means it."""
    [(key, value), *more] = variant.when.items()
    changed = rates_entry(variant.prices)
    if more or key not in VARIANTS or not changed:
        return None
    # A day here is the one on which somebody looked; since when it holds, nobody knows.
    if variant.constraint is not None and not isinstance(variant.constraint, types.StartDateConstraint):
        return None
    return {"tier": value, **changed}


def price_entry(price: Any) -> dict[str, Any] | None:
    """The rates of a price, None where neither tokens nor requests are paid."""
    entry = rates_entry(price)
    if "input" not in entry and "requests" in entry:
        entry["input"] = "0"
    return entry if "input" in entry else None


def rates_entry(price: Any) -> dict[str, Any]:
    """Rates as decimal text, with tiers by size of the input."""
    entry: dict[str, Any] = {}
    tiers: dict[int, dict[str, Any]] = {}
    for ours, theirs in RATES.items():
        value = getattr(price, theirs, None)
        if value is None:
            continue
        if isinstance(value, types.TieredPrices):
            for tier in value.tiers:
                tiers.setdefault(tier.start, {"above": tier.start})[ours] = str(tier.price)
            value = value.base
        entry[ours] = str(value)
    if tiers:
        entry["tiers"] = [tiers[start] for start in sorted(tiers)]
    return entry


def match_entry(match: Any) -> dict[str, Any]:
    """How a model's name is recognised."""
    if isinstance(match, types.ClauseOr):
        return {"or": [match_entry(part) for part in match.or_]}
    if isinstance(match, types.ClauseAnd):
        return {"and": [match_entry(part) for part in match.and_]}
    [value] = vars(match).values()
    names = {"Equals": "equals", "StartsWith": "starts", "EndsWith": "ends", "Contains": "contains", "Regex": "regex"}
    how = names[type(match).__name__.removeprefix("Clause")]
    return {how: value if how == "regex" else value.lower()}


def dump(model: dict[str, Any]) -> str:
    """One model a line, so that a change reads well."""
    return "  " + json.dumps(model, ensure_ascii=False)


if __name__ == "__main__":
    main()
