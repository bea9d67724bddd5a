"""What a call used, whoever says so and however: flat attributes, a provider's usage object, the repr of one.

Counts have one meaning everywhere: input and output are inclusive, and every other count is a part of one of them.
Senders disagree about that, so each statement is read as it stands (a `Reading`) and then settled (`inclusive.py`): a
part is inside the whole where it fits, and beside it where it is larger than the whole, where the total says so, or
where the sender or the provider is known to leave it out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from ...model import Span
from ..bounds import is_usual
from ..dialects.words import mark, report_bill
from ..otlp.sent import SentSpan
from ..values import count, parsed, text
from .inclusive import INPUT_PARTS, OUTPUT_PARTS, Reading, settle
from .names import field_of

FLAT = ("gen_ai.usage.", "llm.token_count.", "ai.usage.", "llm.usage.", "gen_ai.response.usage.", "usage.")
"""What stands before the names of flat counts, in order of preference."""
BESIDE_NAMES = ("gen_ai.usage.details.",)
"""Counts as the provider gave them, beside those that the sender made of them: a whole here may leave parts out."""
FIRST_DOCUMENTS = ("langfuse.observation.usage_details",)
"""Usage objects that go before flat attributes."""
USAGE_OBJECTS = ("gen_ai.usage", "llm.usage", "usage", "token_usage", "mlflow.chat.tokenUsage", "gen_ai.response.usage",
                 "langsmith.metadata.usage_metadata", "llm.openai.usage")  # fmt: skip
"""Attributes that are themselves the usage object of a provider; it may stand in any other attribute too."""
METADATA_OF_PROVIDER = "ai.response.providerMetadata"
NOT_ANSWERS = ("input", "prompt", "request", "messages", "param", "tool", "metadata.")
"""Words in the names of attributes that hold no answer of a provider."""
USAGE_NAMES = frozenset(("usage", "usagemetadata", "tokenusage", "usagedetails", "tokencount", "tokencounts"))
PART_WORDS = (("cache", "cached"), ("Cache", "cached"), ("cache_creation", "cache_write"), ("reasoning", "reasoning"),
              ("thoughts", "reasoning"), ("Thoughts", "reasoning"), ("audio", "audio_input"),
              ("image_tokens", "image_input"))  # fmt: skip
"""Words in the names of parts, and what flat attributes would have told them as."""
PART_COUNT = re.compile(r"""\w{1,40}\\?["']?\s{0,4}[:=]\s{0,4}[1-9]""")
DOCUMENT_CHARACTERS = 1_000_000
DEPTH, NODES, ENTRIES = 8, 2_000, 100
"""How far into a document a usage object is looked for, and how many entries of one are read."""
REPR = re.compile(r"\b\w*[uU]sage\w*\(")
REPR_TOKENS = re.compile(r"(\w+)=[\w.]+\(|(\w+)=(\d+)\b|\)|\(")
REPR_NAME_CHARACTERS, REPR_CHARACTERS = 60, 4_000

FIELDS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cached": "cached_tokens",
    "cache_write": "cache_write_tokens",
    "reasoning": "reasoning_tokens",
}
DETAILS = ("cache_write_1h", "cache_write_5m", "tool_prompt", "cached_audio", "cached_image", *INPUT_PARTS[1:],
           *OUTPUT_PARTS[1:])  # fmt: skip


# --- names -----------------------------------------------------------------------------------------------------------


class Places(NamedTuple):
    """Those of some attributes that tell what was used."""

    first: tuple[str, ...]
    counts: tuple[tuple[str, str], ...]
    documents: tuple[str, ...]


@lru_cache(1_024)
def places_among(keys: tuple[str, ...]) -> Places:
    """Found once for all spans with the same attributes."""
    return Places(tuple(key for key in FIRST_DOCUMENTS if key in keys), counts_among(keys), documents_among(keys))


def counts_among(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Those of some attributes that are counts, and which; the better ones first."""
    found = []
    for key in keys:
        for rank, prefix in enumerate(FLAT):
            if key.startswith(prefix):
                field = field_of(key[len(prefix) :])
                if field:
                    beside = key.startswith(BESIDE_NAMES)
                    found.append((beside, rank, key, field))
                break
    # What the provider said beside counts as a part only, or as a whole where nobody else names one.
    return tuple((key, field) for _, _, key, field in sorted(found, key=lambda one: one[:2]))


def documents_among(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some attributes that may hold an answer of a provider, or its usage."""
    return tuple(
        key
        for key in keys
        if key not in FIRST_DOCUMENTS
        and not key.startswith(FLAT)
        and (
            key in USAGE_OBJECTS or key == METADATA_OF_PROVIDER or not any(word in key.lower() for word in NOT_ANSWERS)
        )
    )


# --- statements ------------------------------------------------------------------------------------------------------


def read_usage(sent: SentSpan, span: Span) -> None:
    """Fill the counts of a span from everything that says something about them."""
    attributes = sent.attributes
    keys = tuple(attributes)
    places = places_among(keys) if is_usual(keys) else places_among.__wrapped__(keys)
    readings: list[Reading] = []
    for key in places.first:
        readings += _settled_of(attributes[key], span, whole=True)
    flat = _flat(attributes, places.counts, span) if places.counts else {}
    parts: list[Reading] = []
    if span.kind in ("llm", "embedding") or (not span.kind and (span.model or span.model_requested)):
        for key in places.documents:
            value = attributes[key]
            if _may_tell(key, value, flat):
                parts += _settled_of(value, span, whole=key in USAGE_OBJECTS)
    if flat or parts:
        for document in parts:
            if "input" not in document and "output" not in document:
                for field, value in document.items():
                    flat.setdefault(field, value)
        wholes = {side: flat.get(side) for side in ("input", "output")}
        settle(flat, _apart(sent, span, flat))
        for document in parts:
            for side, whole in wholes.items():
                # The sender handed on what the provider said, which leaves parts out.
                if whole is not None and whole == document.get(f"said_{side}") != document.get(side):
                    flat[side] = document[side]
        readings += [flat, *parts]
    if readings:
        _fill(span, readings)


def _flat(attributes: Mapping[str, Any], names: Iterable[tuple[str, str]], span: Span) -> Reading:
    found: Reading = {}
    for key, field in names:
        if field in found:
            continue
        value = attributes[key]
        if value is None or value == "":
            continue
        whole = count(value)
        if type(value) is not int or whole is None:
            mark(span, "type_mended")
        if whole is not None:
            found[field] = whole
    return found


def _may_tell(key: str, value: Any, flat: Reading) -> bool:
    """Whether a document can say what flat attributes do not; a look for words spares reading it."""
    if isinstance(value, (dict, list)):
        return True
    if not isinstance(value, str) or len(value) > DOCUMENT_CHARACTERS or len(value) < 8:
        return False
    if "input" in flat and "output" in flat and key not in USAGE_OBJECTS:
        return any(
            _tells_a_part(value, word) for word, field in PART_WORDS if field not in flat or key == METADATA_OF_PROVIDER
        )
    return "sage" in value or "oken" in value


def _tells_a_part(value: str, word: str) -> bool:
    """Whether a text holds a count other than 0 whose name has this word."""
    at = value.find(word)
    while at >= 0:
        if PART_COUNT.match(value, at):
            return True
        at = value.find(word, at + len(word))
    return False


def _settled_of(value: Any, span: Span, whole: bool) -> list[Reading]:
    """What a document says, settled by what its form is known to leave out."""
    found = []
    for document in _usage_objects(value, whole):
        reading = reading_of(document)
        if not reading:
            continue
        report_bill(span, document.get("cost"))
        span.service_tier = span.service_tier or text(document.get("service_tier"))
        said = {f"said_{side}": reading[side] for side in ("input", "output") if side in reading}
        if said:
            settle(reading, *_left_out_by(document))
        found.append({**reading, **said})
    return found


def reading_of(document: Mapping[str, Any]) -> Reading:
    """The counts of a usage object; those nearer to its top go first."""
    found: Reading = {}
    later = []
    for path, value in _entries(document):
        field = field_of(path)
        whole = count(value) if field else None
        if whole is not None and not isinstance(value, str):
            if "billed" in path:
                later.append((field, whole))
            else:
                found.setdefault(field, whole)
    for field, whole in later:
        found.setdefault(field, whole)
    return found


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    level: list[tuple[str, Any]] = [("", document)]
    seen = 0
    for _ in range(4):
        below: list[tuple[str, Any]] = []
        for prefix, holder in level:
            for key, value in holder.items() if isinstance(holder, dict) else ():
                seen += 1
                if seen > ENTRIES:
                    return
                path = f"{prefix}.{key}" if prefix else str(key)
                if isinstance(value, dict):
                    below.append((path, value))
                elif isinstance(value, list):
                    # Gemini tells its modalities apart in lists, Bedrock how long it keeps what it caches.
                    for item in value[:ENTRIES]:
                        if isinstance(item, dict):
                            if "ttl" in item:
                                below.append((f"cache_write.{item['ttl']}", {"tokens": item.get("inputTokens")}))
                            elif "modality" in item:
                                below.append((f"{path}.{text(item['modality']).lower()}", item))
                else:
                    yield path, value
        level = below


def _usage_objects(value: Any, whole: bool) -> list[dict[str, Any]]:
    document = parsed(value)
    if isinstance(document, str):
        return _of_repr(document)
    if not isinstance(document, (dict, list)):
        return []
    if whole and isinstance(document, dict) and reading_of(document):
        return [document]
    events = document if isinstance(document, list) and len(document) < NODES else [document]
    found = [one for event in events if isinstance(event, (dict, list)) for one in _search(event)]
    if not found and isinstance(value, str):
        return _of_repr(value)
    if len(found) > 1 and isinstance(document, list):
        # Events of a stream: each tells what is known by then.
        told: dict[str, Any] = {}
        for one in found:
            told |= {key: value for key, value in one.items() if value is not None}
        return [told]
    return found[:1]


def _search(document: Any) -> list[dict[str, Any]]:
    """The usage objects that lie nearest to the top of a document."""
    level, nodes = [document], 0
    for _ in range(DEPTH):
        found, below = [], []
        for holder in level:
            for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
                nodes += 1
                if nodes > NODES:
                    return found
                if not isinstance(value, (dict, list)):
                    continue
                is_usage = isinstance(key, str) and key.lower().replace("_", "") in USAGE_NAMES
                if is_usage and isinstance(value, dict) and reading_of(value):
                    found.append(value)
                else:
                    below.append(value)
                    if isinstance(value, dict) and (
                        "cacheReadInputTokens" in value or "cacheCreationInputTokens" in value
                    ):
                        # The AI SDK names these beside the usage object, or without one.
                        found.append({key: value[key] for key in value if key.startswith("cache")})
        if found:
            return sorted(found, key=lambda one: "input" not in reading_of(one))
        level = below
    return []


def _of_repr(value: str) -> list[dict[str, Any]]:
    """A usage object of which only the repr was sent: `Usage(input_tokens=3, details=Details(cached_tokens=1))`."""
    named = max(value.find(word) for word in ("sage(", "sageMetadata("))
    start = REPR.search(value, max(named - REPR_NAME_CHARACTERS, 0)) if named >= 0 else None
    if start is None:
        return []
    names: list[str] = []
    found: dict[str, Any] = {}
    for token in REPR_TOKENS.finditer(value, start.end(), start.end() + REPR_CHARACTERS):
        opens, name, digits = token.groups()
        if name is not None:
            found.setdefault(".".join([one for one in names if one] + [name]), int(digits[:15]))
        elif token[0] == ")":
            if not names:
                break
            names.pop()
        else:
            names.append(opens or "")
    return [found] if reading_of(found) else []


# --- what is inside what ---------------------------------------------------------------------------------------------


def _left_out_by(document: Mapping[str, Any]) -> tuple[Set[str], Set[str]]:
    """Parts that the form of a usage object is known to leave out: whatever its total says, and unless that says so."""
    keys = frozenset(document)
    if "input" in keys or "output" in keys:
        # Langfuse's buckets are disjoint.
        return frozenset(), frozenset(("cache", *INPUT_PARTS, *OUTPUT_PARTS))
    if "prompt_tokens" in keys or "total_cost" in keys:
        return frozenset(), frozenset()
    if any(key.startswith("cache") and key.endswith(("InputTokens", "InputTokensCount")) for key in keys):
        return frozenset(("cache",)), frozenset()
    if keys & {"promptTokenCount", "candidatesTokenCount", "prompt_token_count", "candidates_token_count"}:
        return frozenset(), frozenset(("reasoning", "tool_prompt"))
    if keys & {"cache_read_input_tokens", "cache_creation_input_tokens"}:
        return frozenset(), frozenset(("cache",))
    return frozenset(), frozenset()


def _apart(sent: SentSpan, span: Span, flat: Reading) -> Set[str]:
    """Parts that a sender is known to leave out of its flat counts, whatever its total says."""
    attributes = sent.attributes
    scope = sent.scope["name"]
    if "cached" in flat or "cache_write" in flat:
        is_early_ai_sdk = any(key in attributes for key in ("ai.usage.inputTokens", "ai.usage.promptTokens")) and (
            "fresh" not in flat and not any(key.startswith("ai.usage.inputTokenDetails.") for key in attributes)
        )
        if (is_early_ai_sdk or scope.startswith("openlit")) and _leaves_cached_out(span):
            return frozenset(("cache",))
    if "reasoning" in flat and "ai.usage.reasoningTokens" in attributes and _is_gemini(span):
        details = any(key.startswith("ai.usage.outputTokenDetails.") for key in attributes)
        says_inside = flat.get("total") == flat.get("input", 0) + flat.get("output", 0)
        if not details and not says_inside:
            return frozenset(("reasoning",))
    return frozenset()


def _leaves_cached_out(span: Span) -> bool:
    named = f"{span.provider} {span.model} {span.model_requested}".lower()
    return any(word in named for word in ("anthropic", "claude", "bedrock", "amazon.nova"))


def _is_gemini(span: Span) -> bool:
    return span.provider.startswith("gcp.") or "gemini" in f"{span.model} {span.model_requested}".lower()


def _fill(span: Span, readings: Iterable[Reading]) -> None:
    total = None
    for reading in readings:
        for field, name in FIELDS.items():
            if field in reading and getattr(span, name) is None:
                setattr(span, name, reading[field])
        for name in DETAILS:
            if reading.get(name):
                if not span.usage_details:
                    span.usage_details = {}
                span.usage_details.setdefault(name, reading[name])
        total = reading.get("total") if total is None else total
    if span.kind == "embedding" and span.input_tokens is None and total is not None:
        span.input_tokens = total
