"""What a message is equal to, and which messages of a request were said before. Pure.

A chat application sends the whole conversation again with each call. To show only what is new, the messages of a
request are laid beside what is known: the request and the answer of earlier calls (`Thread`). They are compared by
what they say, not by how it is written: order of keys, spaces at the ends, finish reasons and the model's reasoning
(which clients do not send back) make no difference.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from ..answers.stored import load

COMPARED = 64
"""Threads that a request is laid beside, the latest first, where no fewer decide which of them knows most: a bound for
turns of thousands of calls that share little."""


class Thread:
    """A conversation as far as one call knew it: the prints of its input and output messages, in order."""

    def __init__(self, prints: Iterable[str]) -> None:
        self.prints = tuple(prints)

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Index the prints by value."""
        positions: dict[str, list[int]] = {}
        for position, print_ in enumerate(self.prints):
            positions.setdefault(print_, []).append(position)
        return positions


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
    parts = message.get("parts")
    for part in parts if isinstance(parts, list) else []:
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
    length = len(thread.prints)
    if tuple(request[:length]) == thread.prints:  # a request that goes on from there, as most do
        return Overlap(frozenset(range(length)), length)
    known, at = set(), 0
    for index, print_ in enumerate(request):
        positions = thread.positions.get(print_, ())
        later = bisect_left(positions, at)
        if later < len(positions):
            known.add(index)
            at = positions[later] + 1
    return Overlap(frozenset(known), max(known) + 1 if known else 0)


class Known:
    """The threads so far, in order."""

    def __init__(self, threads: Iterable[Thread] = ()) -> None:
        self._threads: list[Thread] = []
        self._prints: set[str] = set()
        for thread in threads:
            self.add(thread)

    def __bool__(self) -> bool:
        return bool(self._threads)

    def add(self, thread: Thread) -> None:
        """One more, the latest."""
        self._threads.append(thread)
        self._prints.update(thread.prints)

    def best_overlap(self, request: Sequence[str]) -> Overlap:
        """The overlap with the thread that knows most of the request; with the latest of equals."""
        best, compared = Overlap(frozenset(), 0), 0
        possible = sum(print_ in self._prints for print_ in request)
        for thread in reversed(self._threads):
            if len(best.known) == possible or compared == COMPARED:
                break
            if len(thread.prints) > len(best.known):
                found, compared = overlap(request, thread), compared + 1
                best = found if len(found.known) > len(best.known) else best
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
    return load(value, value) if isinstance(value, str) else value
