"""The conventions of the wire, one file each, with `recognises(scope, families)` and `read(sent, span)`.

A span often carries several of them at once. Those that recognise it read it in this order, each filling only what is
still empty: the exact ones before the general one.
"""

from collections.abc import Callable, Set
from functools import lru_cache
from typing import NamedTuple

from ...model import Span
from ..bounds import is_usual
from ..otlp.sent import SentSpan
from . import (
    agentops,
    baserun,
    genai,
    haystack,
    laminar,
    langfuse,
    langsmith,
    litellm,
    livekit,
    logfire,
    mlflow,
    openinference,
    openllmetry,
    strands,
    vercel,
)


class Dialect(NamedTuple):
    """A convention: whether a span is of it, and how it is read."""

    name: str
    recognises: Callable[[str, Set[str]], bool]
    read: Callable[[SentSpan, Span], None]


DIALECTS = tuple(
    Dialect(module.__name__.rpartition(".")[2], module.recognises, module.read)
    for module in (
        baserun,
        openinference,
        langfuse,
        vercel,
        mlflow,
        laminar,
        langsmith,
        litellm,
        livekit,
        strands,
        logfire,
        openllmetry,
        agentops,
        haystack,
        genai,
    )
)


def dialects_of(sent: SentSpan) -> tuple[Dialect, ...]:
    """The dialects that a span speaks, in order of preference."""
    scope = sent.scope["name"]
    if scope == "baserun":
        return OURS
    # The family is what stands before the first dot of an attribute's name.
    families = frozenset([key.partition(".")[0] for key in sent.attributes])
    if not is_usual((scope, *families)):
        return _recognised.__wrapped__(scope, families)
    return _recognised(scope, families)


OURS = DIALECTS[:1]


@lru_cache(1_024)
def _recognised(scope: str, families: frozenset[str]) -> tuple[Dialect, ...]:
    return tuple(dialect for dialect in DIALECTS if dialect.recognises(scope, families))
