"""Names of counts, read by their words: `cache_read.input_tokens`, `input_cached_tokens`, `cacheReadInputTokens`."""

import re
from functools import lru_cache

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+[a-z]+")
INPUT, OUTPUT = (
    frozenset(("input", "prompt")),
    frozenset(("output", "completion", "candidates", "generated", "response")),
)
CACHE = frozenset(("cache", "cached"))
WRITTEN = frozenset(("write", "writes", "written", "creation", "create", "created", "ephemeral"))
NOT_CACHED = frozenset(("no", "miss", "non"))
THOUGHT = frozenset(("reasoning", "thoughts", "thought", "thinking"))
MODALITIES = ("audio", "image", "video", "text", "document")
PLAIN = frozenset(("token", "tokens", "count", "usage", "details", "detail", "total", "num", "read", "hit", "hits",
                   "use", "tool", "content", "eval", "billed", "units", "meta", "1h", "5m"))  # fmt: skip
KNOWN_WORDS = PLAIN | INPUT | OUTPUT | CACHE | WRITTEN | NOT_CACHED | THOUGHT | frozenset(MODALITIES)


def field_of(name: str) -> str:
    """Which count a name means; empty where it means none of ours."""
    return _field_of(name) if len(name) < 200 else ""


@lru_cache(4_096)
def _field_of(name: str) -> str:
    words = frozenset(word.lower() for word in WORD.findall(name))
    if not words or words - KNOWN_WORDS:
        return ""
    modality = next((word for word in MODALITIES if word in words), "")
    if words & CACHE or "ephemeral" in words:
        if words & NOT_CACHED:
            return "fresh"
        if words & WRITTEN:
            kept = "_1h" if "1h" in words else "_5m" if "5m" in words else ""
            return "" if modality else f"cache_write{kept}"
        return f"cached_{modality}" if modality else "cached"
    if words & THOUGHT:
        return "" if modality else "reasoning"
    if "tool" in words:
        return "" if modality else "tool_prompt"
    side = "input" if words & INPUT else "output" if words & OUTPUT or "eval" in words else ""
    if modality:
        return f"{modality}_{side}" if side else ""
    if side:
        return side
    if "total" in words:
        return "total"
    return "input" if words <= frozenset(("token", "tokens", "count", "num")) else ""
