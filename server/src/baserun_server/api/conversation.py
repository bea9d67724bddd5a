"""What a message is equal to, and which messages of a request were said before. Pure.

A chat application sends the whole conversation again with each call. To show only what is new, the messages of a
request are laid beside what is known: the request and the answer of earlier calls (`Thread`). They are compared by
what they say, not by how it is written: order of keys, spaces at the ends, finish reasons and the model's reasoning
(which clients do not send back) make no difference.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

Thread = Sequence[str]
"""A conversation as far as one call knew it: the prints of its input and output messages, in order."""


@dataclass(frozen=True)
class Overlap:
    """How much of a request stands in a thread."""

    known: frozenset[int]
    """Positions in the request of the messages that the thread holds, in the thread's order."""
    end: int
    """Position after the last of them; 0 where there is none."""

    @property
    def rewritten(self) -> bool:
        """Something between known messages is not known."""
        return len(self.known) < self.end


def print_of(message: dict[str, Any]) -> str:
    """A short word that is the same for messages that say the same."""
    role = message.get("role") or ""
    texts, others = [], []
    for part in message.get("parts") or []:
        if not isinstance(part, dict):
            texts.append(str(part))
        elif part.get("type") == "text":
            texts.append(str(part.get("content") or ""))
        elif part.get("type") != "reasoning":
            others.append(_essence(part))
    says = [role, "\n".join(texts).strip(), others]
    return hashlib.blake2b(orjson.dumps(says, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()


def overlap(request: Sequence[str], thread: Thread) -> Overlap:
    """Which messages of a request stand in a thread, in the same order; the thread may hold more in between."""
    known, at = set(), 0
    positions: dict[str, list[int]] = {}
    for position, print_ in enumerate(thread):
        positions.setdefault(print_, []).append(position)
    for index, print_ in enumerate(request):
        later = next((position for position in positions.get(print_, ()) if position >= at), None)
        if later is not None:
            known.add(index)
            at = later + 1
    return Overlap(frozenset(known), max(known) + 1 if known else 0)


def best_overlap(request: Sequence[str], threads: Sequence[Thread]) -> Overlap:
    """The overlap with the thread that knows most of the request; with the latest of equals."""
    best = Overlap(frozenset(), 0)
    for thread in threads:
        found = overlap(request, thread)
        if len(found.known) >= len(best.known):
            best = found
    return best


def _essence(part: dict[str, Any]) -> Any:
    """A part that is no text, without what clients change when they send it back."""
    kind = part.get("type")
    if kind == "tool_call":
        return [kind, part.get("id") or [part.get("name"), _loaded(part.get("arguments"))]]
    if kind == "tool_call_response":
        return [kind, part.get("id") or _loaded(part.get("response", part.get("result")))]
    return part


def _loaded(value: Any) -> Any:
    """JSON text and the value that it holds are the same."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
