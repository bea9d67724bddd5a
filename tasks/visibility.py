"""How long it takes until a call is visible: the list of sessions is read again and again while people talk."""

import math
import threading
import time
from collections import defaultdict
from http.client import HTTPException
from typing import Any

from bench.server import pages

from chat_app.sent import SentTurn

SECONDS_BETWEEN_LOOKS = 0.2


class Watch:
    """Notes when the count of calls of each session first reached a number."""

    def __init__(self, server: Any, seconds_between_looks: float = SECONDS_BETWEEN_LOOKS) -> None:
        self._server = server
        self._pause_seconds = seconds_between_looks
        self._reached: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._calls = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def wait_for(self, calls: int, seconds: float) -> None:
        """Wait until so many calls are visible; gives up in silence, for the comparison to say what is missing."""
        until = time.monotonic() + seconds
        while self._calls < calls and time.monotonic() < until:
            time.sleep(self._pause_seconds)

    def seconds_until_visible(self, turns: list[SentTurn]) -> list[float]:
        """For each call: from its end to the first look that showed so many calls of its session."""
        ended = defaultdict(list)
        for turn in turns:
            if turn.session_id:
                ended[turn.session_id] += [call.ended_at for call in turn.calls]
        waited = []
        for session_id, moments in ended.items():
            for count, moment in enumerate(sorted(moments), start=1):
                looks = [at for seen, at in self._reached[session_id] if seen >= count]
                waited.append(min(looks) - moment if looks else float("inf"))
        return waited

    def _look(self) -> None:
        while not self._over.wait(self._pause_seconds):
            try:
                sessions = list(pages(self._server, "/api/v1/sessions"))
            except (OSError, HTTPException, RuntimeError):
                continue  # a server that is away for a moment: the next look tells
            now = time.time()
            for session in sessions:
                reached = self._reached[session["session_id"]]
                if not reached or reached[-1][0] < session["llm_calls"]:
                    reached.append((session["llm_calls"], now))
            self._calls = sum(session["llm_calls"] for session in sessions)


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
