"""Compares what the application knows that it sent with what the API shows: per session, per user, and in words.

The expected numbers are reckoned here from the provider's answers alone, with an own price list, so that an error of
the server cannot hide in both.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bench.server import pages

from chat_app.plan import PlannedSession
from chat_app.sent import SentCall, SentTurn

NANO_USD_PER_TOKEN = {
    "gpt-4.1": (2000, 500, 8000),
    "gpt-4.1-mini": (400, 100, 1600),
    "gpt-4.1-nano": (100, 25, 400),
    "gpt-4o-mini": (150, 75, 600),
    "o4-mini": (1100, 275, 4400),
}
"""Input, cached input, output: the providers' list prices, as a billionth of a dollar."""

READERS = 4
"""Conversations that are read at a time; the server has more than one core to answer with."""

NUMBERS = (
    "traces", "llm_calls", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cost_nano_usd",
    "unpriced_calls", "errors", "tool_calls", "feedback_up", "feedback_down",
)  # fmt: skip


@dataclass
class Expected:
    """What must be shown: numbers by session and by user id, and whose sessions they are."""

    sessions: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    users: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    user_of: dict[str, str | None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    traces: int = 0


@dataclass(frozen=True)
class Difference:
    """One number that is not what was sent."""

    where: str
    what: str
    sent: Any
    shown: Any


@dataclass(frozen=True)
class Line:
    """A sum over everything, for people to read."""

    what: str
    sent: str
    shown: str
    equal: bool


@dataclass
class Differences:
    """The outcome of a comparison."""

    lines: list[Line] = field(default_factory=list)
    wrong: list[Difference] = field(default_factory=list)


def expect(turns: list[SentTurn]) -> Expected:
    """The numbers that follow from what was sent."""
    expected = Expected()
    sessions_of: dict[str, set[str]] = defaultdict(set)
    for turn in turns:
        expected.traces += 1
        numbers = _numbers_of(turn)
        if turn.session_id is not None:
            expected.sessions[turn.session_id].update(numbers)
            expected.user_of[turn.session_id] = turn.user_id
            expected.keys[turn.session_id] = turn.session_key or ""
        if turn.user_id is not None:
            expected.users[turn.user_id].update(numbers)
            if turn.session_id is not None:
                sessions_of[turn.user_id].add(turn.session_id)
    for user_id, sessions in sessions_of.items():
        expected.users[user_id]["sessions"] = len(sessions)
    return expected


def compare(expected: Expected, server: Any, plan: list[PlannedSession]) -> Differences:
    """Read everything back through the API and compare."""
    outcome = Differences()
    sessions = {session["session_id"]: _exact(session) for session in pages(server, "/api/v1/sessions")}
    users = {user["user_id"]: _exact(user) for user in pages(server, "/api/v1/users")}
    traces = sum(1 for _ in pages(server, "/api/v1/traces"))
    _count(outcome, "sessions", len(expected.sessions), len(sessions))
    _count(outcome, "users", len(expected.users), len(users))
    _count(outcome, "traces, with those of no session", expected.traces, traces)
    for name in NUMBERS:
        _sum(outcome, f"{name} (sessions)", name, expected.sessions, sessions)
    for name in ("sessions", *NUMBERS):
        _sum(outcome, f"{name} (users)", name, expected.users, users)
    for session_id, numbers in expected.sessions.items():
        where = f"session {expected.keys[session_id]} ({session_id})"
        shown = sessions.get(session_id, {})
        _compare_numbers(outcome, where, NUMBERS, numbers, shown)
        if shown.get("user_id") != expected.user_of[session_id]:
            outcome.wrong.append(Difference(where, "user_id", expected.user_of[session_id], shown.get("user_id")))
    for user_id, numbers in expected.users.items():
        _compare_numbers(outcome, f"user {user_id[:12]}…", ("sessions", *NUMBERS), numbers, users.get(user_id, {}))
    _compare_people(outcome, expected, users, plan)
    _compare_words(outcome, expected, server, plan)
    return outcome


def total(counters: Iterable[Counter[str]]) -> Counter[str]:
    """The sum of many."""
    everything: Counter[str] = Counter()
    for counter in counters:
        everything.update(counter)
    return everything


def _numbers_of(turn: SentTurn) -> Counter[str]:
    numbers = Counter(traces=1, llm_calls=len(turn.calls), errors=turn.errors, tool_calls=turn.tool_calls)
    numbers.update(feedback_up=int(turn.thumbs_up is True), feedback_down=int(turn.thumbs_up is False))
    for call in turn.calls:
        numbers.update(
            input_tokens=call.input_tokens or 0,
            output_tokens=call.output_tokens or 0,
            cached_tokens=call.cached_tokens or 0,
            reasoning_tokens=call.reasoning_tokens or 0,
        )
        cost_nano_usd = _cost_nano_usd(call)
        numbers.update({"unpriced_calls": 1} if cost_nano_usd is None else {"cost_nano_usd": cost_nano_usd})
    return numbers


def _cost_nano_usd(call: SentCall) -> int | None:
    if call.input_tokens is None or call.output_tokens is None or call.model not in NANO_USD_PER_TOKEN:
        return None
    fresh, cached, out = NANO_USD_PER_TOKEN[call.model]
    from_cache = call.cached_tokens or 0
    return (call.input_tokens - from_cache) * fresh + from_cache * cached + call.output_tokens * out


def _exact(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "cost_nano_usd": round(row["cost_usd"] * 1e9)}


def _count(outcome: Differences, what: str, sent: int, shown: int) -> None:
    outcome.lines.append(Line(what, f"{sent:,}", f"{shown:,}", sent == shown))
    if sent != shown:
        outcome.wrong.append(Difference("everything", what, sent, shown))


def _sum(outcome: Differences, what: str, name: str, expected: dict[str, Counter[str]], shown: dict[str, Any]) -> None:
    sent_total = sum(numbers[name] for numbers in expected.values())
    shown_total = sum(row[name] for row in shown.values())
    outcome.lines.append(Line(what, f"{sent_total:,}", f"{shown_total:,}", sent_total == shown_total))


def _compare_numbers(
    outcome: Differences, where: str, names: Iterable[str], sent: Counter[str], shown: dict[str, Any]
) -> None:
    for name in names:
        if shown.get(name) != sent[name]:
            outcome.wrong.append(Difference(where, name, sent[name], shown.get(name)))


def _compare_people(
    outcome: Differences, expected: Expected, users: dict[str, Any], plan: list[PlannedSession]
) -> None:
    """What the application told of a person must stand on their page; one whom it did not name must be derived."""
    person_of = {session.key: session.person for session in plan}
    people = {user: person_of[expected.keys[session]] for session, user in expected.user_of.items() if user}
    right = 0
    for user_id, person in people.items():
        shown = users.get(user_id, {})
        known = (shown.get("traits"), shown.get("derived"))
        wanted = (person.traits, False) if person and person.named else ({}, True)
        right += known == wanted
        if known != wanted:
            outcome.wrong.append(Difference(f"user {user_id[:12]}…", "traits, derived", wanted, known))
    outcome.lines.append(Line("people with their traits", f"{len(people)}", f"{right}", right == len(people)))


def _compare_words(outcome: Differences, expected: Expected, server: Any, plan: list[PlannedSession]) -> None:
    """Every question and every answer must be readable in its session, in order."""
    session_ids = {key: session_id for session_id, key in expected.keys.items()}
    seen = [session for session in plan if session.key in session_ids]
    with ThreadPoolExecutor(READERS) as readers:
        readable = readers.map(lambda session: _texts_of(server, session_ids[session.key]), seen)
    sent = shown = 0
    for session, texts in zip(seen, readable, strict=True):
        wanted = [
            text
            for sitting in session.sittings
            for turn in sitting
            for text in ((turn.line.user, turn.line.answer) if turn.trouble in ("", "healed") else ())
        ]
        read = iter(texts)
        missing = [text for text in wanted if text not in read]
        sent += len(wanted)
        shown += len(wanted) - len(missing)
        if missing:
            where = f"session {session.key} ({session_ids[session.key]})"
            outcome.wrong.append(Difference(where, "text", missing[0][:60], "missing"))
    outcome.lines.append(Line("questions and answers readable, in order", f"{sent:,}", f"{shown:,}", sent == shown))


def _texts_of(server: Any, session_id: str) -> list[str]:
    return [
        part.get("content", "")
        for turn in pages(server, f"/api/v1/sessions/{session_id}/turns", limit=100)
        for message in turn["new_messages"]
        for part in message["parts"]
        if part["type"] == "text"
    ]
