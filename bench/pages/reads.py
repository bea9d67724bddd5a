"""The first pages that people open, as requests to the API, each with the time that is asked of it.

Every call differs a little from the one before (another minute, user, session or trace), so that no cached answer is
measured.
"""

import datetime
import random
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from ..dataset import Dataset
from ..server import address

DAY_US = 86_400_000_000


class Read(NamedTuple):
    """A page: what it is called, the p95 asked of it in milliseconds, and how to make its next address."""

    name: str
    asked_ms: float
    address: Callable[[], str]


def reads(data: Dataset, seed: int = 1) -> list[Read]:
    """Every page, over what the dataset holds."""
    rng = random.Random(seed)
    manifest = data.manifest
    users, sessions, traces = list(manifest["users"]), list(manifest["sessions"]), manifest["traces"]
    giant_session, giant_user = manifest["giant_session"], manifest["giant_user"]
    last_us = max(at_us for _, at_us, _ in traces)  # the load is over some hours before its window ends
    plain_sessions = [session for session in sessions if session != giant_session]

    def window(days: float) -> dict[str, str]:
        to_us = last_us - rng.randrange(600_000_000)
        return {"from_": _iso(to_us - int(days * DAY_US)), "to": _iso(to_us)}

    def a_list(path: str, days: float, **parameters: str) -> Callable[[], str]:
        return lambda: address(path, limit=50, **window(days), **parameters)

    def of_user(user: Callable[[], str]) -> Callable[[], str]:
        return lambda: address(f"/api/v1/users/{quote(user(), safe='')}/sessions", limit=50, **window(30))

    def session_of(session: Callable[[], str], *rest: str, **parameters: int) -> Callable[[], str]:
        return lambda: address("/".join(["/api/v1/sessions", quote(session(), safe=""), *rest]), **parameters)

    found: list[Read] = []
    for what, path in (("users", "/api/v1/users"), ("sessions", "/api/v1/sessions")):
        for days, asked in ((1, 50), (7, 100), (30, 150)):
            sorts = (
                ["-last_activity", "-cost_usd", "-errors"]
                if what == "sessions"
                else ["-last_seen", "-cost_usd", "-errors"]
            )
            found += [Read(f"{what} {days} d, {sort}", asked, a_list(path, days, sort=sort)) for sort in sorts]
        chosen = "environment:production tag:vip"
        found.append(Read(f"{what} 30 d, environment and tag", 200, a_list(path, 30, filter=chosen)))
        found.append(Read(f"{what} 30 d with the total", 150, a_list(path, 30, include="total")))
    found += [
        Read("one user", 50, lambda: f"/api/v1/users/{quote(rng.choice(users), safe='')}"),
        Read("one user's sessions", 50, of_user(lambda: rng.choice(users))),
        Read("the giant user's sessions", 50, of_user(lambda: giant_user)),
        Read("a session's header", 50, session_of(lambda: rng.choice(plain_sessions))),
        Read("a session's first 50 turns", 50, session_of(lambda: rng.choice(plain_sessions), "turns", limit=50)),
        Read("the giant session's header", 50, session_of(lambda: giant_session)),
        Read("the giant session's first 50 turns", 50, session_of(lambda: giant_session, "turns", limit=50)),
        Read("a trace", 30, lambda: f"/api/v1/traces/{rng.choice(traces)[0]}"),
        *(
            Read(f"charts {days} d", asked, lambda days=days: address("/api/v1/metrics", **window(days)))
            for days, asked in ((1, 50), (7, 100), (30, 200))
        ),
        Read("search for words", 200, lambda: address("/api/v1/search", q=rng.choice(_words(data)))),
        Read("search for a session's id", 200, lambda: address("/api/v1/search", q=rng.choice(plain_sessions))),
        Read(
            "sessions 30 d with words",
            200,
            lambda: address("/api/v1/sessions", **window(30), q=rng.choice(_words(data))),
        ),
    ]
    return found


def _words(data: Dataset) -> list[str]:
    if data.manifest["seed"] not in _FOUND:
        from ..dataset.text import River

        river = River(data.manifest["seed"], 1 << 16)
        _FOUND[data.manifest["seed"]] = river.words[50:5_000]
    return _FOUND[data.manifest["seed"]]


_FOUND: dict[int, list[str]] = {}


def _iso(at_us: int) -> str:
    at = datetime.datetime.fromtimestamp(at_us / 1e6, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
