"""A month in the life of an application's users, as the requests that its SDK would send.

Zipf(0.9) users; sessions of 1 … 30 traces (mean 5.5), some resumed a day later; traces of 1 … 6 spans, children sent
before their parents; one span in a hundred late by up to 20,000 positions; one giant session and, by Zipf, one giant
user. LLM calls carry the system prompt (one of 25) and what was said before, as real ones do.
"""

import heapq
import itertools
import random
from collections.abc import Iterator

from .dialects import MODELS, TOOLS, Own, ask_tool, say, tell_tool
from .text import RIVER_BYTES, River
from .wire import Key, field, head, record, request, span

SPANS, LOGS = 0, 1
GIANT_SESSION, MARATHON_USER = b"session-giant", b"user-marathon"
TAGS = [b"beta", b"vip", b"refund", b"onboarding", b"mobile", b"web", b"voice", b"trial"] + [
    b"experiment-%d" % n for n in range(32)
]
PLANS = (b"free", b"free", b"pro", b"team", b"enterprise")
ENVIRONMENTS = (
    "production",
    "production",
    "production",
    "production",
    "production",
    "production",
    "staging",
    "development",
)
SHAPES = ("l", "rl", "rfl", "rltl", "rfltl", "rltltl")  # r root, f finding, l LLM call, t tool
HISTORY = 6
NAMES = ("support turn", "answer question", "plan trip", "draft mail", "review order", "explain invoice")
COUNTS = (
    "spans",
    "traces",
    "llm_calls",
    "input_tokens",
    "output_tokens",
    "errors",
    "feedback_up",
    "feedback_down",
    "sessions",
)
_SPAN, _TRACE, _LLM, _IN, _OUT, _ERROR, _UP, _DOWN, _SESSION = range(len(COUNTS))


class Session:
    """A conversation that goes on."""

    __slots__ = ("counts", "every", "history", "id", "lane", "left", "llm", "model", "plan", "system", "user")


class Lane:
    """One process of the application: its resource, and what its SDK has queued."""

    def __init__(self, n: int) -> None:
        self.environment = ENVIRONMENTS[n]
        self.n, self.entries, self.logs, self.room = n, [], [], 300

    def resource(self, release: str) -> bytes:
        """Who is sending."""
        values = (
            ("service.name", f"shop-{self.n % 3}"),
            ("service.version", release),
            ("deployment.environment.name", self.environment),
            ("telemetry.sdk.name", "baserun"),
            ("telemetry.sdk.language", "python"),
            ("telemetry.sdk.version", "3.0.0"),
        )
        return b"".join(Key(key, 1).text(value.encode()) for key, value in values)


class World:
    """The requests of `spans` spans from `start_us` on; the same arguments give the same bytes."""

    def __init__(
        self, spans: int, seed: int, start_us: int, days: float, dialect=Own, text_bytes: int = RIVER_BYTES
    ) -> None:
        self.spans, self.start_us, self.length_us = spans, start_us, int(days * 86_400e6)
        self.rng = random.Random(seed)
        self.river = River(seed, text_bytes)
        self.dialect = dialect()
        self.expected_sessions = max(10, int(spans * 1.02 / (3.5 * 5.5)))
        self.giant_traces = max(100, spans // 200)
        users = max(20, spans // 263)
        self.user_weights = list(itertools.accumulate((rank + 1) ** -0.9 for rank in range(users)))
        self.users: dict[bytes, list[int]] = {}
        self.sessions: dict[bytes, list[int]] = {}
        self.traces: list[list] = []
        self.records = 0
        self.bytes = 0
        self.systems = [say("system", self._words(400 + 130 * n)) for n in range(25)]
        self.heads = {
            "r": [head(name, 1) for name in NAMES],
            "f": [head("search knowledge", 1)],
            "t": [head(f"execute_tool {name.decode()}", 1) for name in TOOLS],
            "l": [head(f"chat {model[1]}", 3) for model in MODELS],
        }

    def _words(self, length: int) -> bytes:
        return self.river.slice(self.rng.random(), length)

    def requests(self) -> Iterator[tuple[int, int, bytes]]:
        """(kind, records, body) in the order in which the SDKs would send them."""
        random_number = self.rng.random
        lanes = [Lane(n) for n in range(len(ENVIRONMENTS))]
        queue: list[tuple[int, int, Session]] = []
        ages = itertools.count()
        gap_us = self.length_us / self.expected_sessions
        next_start, end_us = float(self.start_us), self.start_us + self.length_us
        giant_gap_us = self.length_us // (self.giant_traces + 1)
        giant = self._session(GIANT_SESSION, MARATHON_USER, lanes[0], self.giant_traces)
        queue.append((self.start_us + giant_gap_us, next(ages), giant))
        self._open(giant, self.start_us)
        late: list[tuple[int, int, Lane, bytes]] = []
        made = 0
        while made < self.spans:
            if not queue or next_start < queue[0][0]:
                session = self._new_session(lanes)
                at = int(next_start)
                self._open(session, at)
                next_start += gap_us * 2 * random_number()
            else:
                at, _, session = heapq.heappop(queue)
            ended_us, entries = self._trace(session, at, self.spans - made)
            lane = session.lane
            for entry in entries:
                made += 1
                if random_number() < 0.01:
                    heapq.heappush(late, (made + int(20_000 * random_number()), made, lane, entry))
                else:
                    lane.entries.append(entry)
            while late and late[0][0] <= made:
                due = heapq.heappop(late)
                due[2].entries.append(due[3])
            session.left -= 1
            if session.left > 0:
                if session is giant:
                    pause = giant_gap_us
                else:
                    pause = int((60e6 if random_number() < 0.95 else 50_000e6) * (0.2 + 2 * random_number()))
                at = max(at + pause, ended_us + 1_000_000)
                if at < end_us:
                    heapq.heappush(queue, (at, next(ages), session))
            elif random_number() < 0.7:
                lane.logs.append(self._event(b"session.end", session, ended_us, _OUTCOME.text(b"completed")))
            if len(lane.entries) >= lane.room:
                yield from self._send(lane, at)
        for due in late:
            due[2].entries.append(due[3])
        for lane in lanes:
            yield from self._send(lane, end_us)

    def _send(self, lane: Lane, at: int) -> Iterator[tuple[int, int, bytes]]:
        release = f"2026.{1 + (at - self.start_us) * 10 // self.length_us}"
        resource = lane.resource(release)
        while lane.entries:
            entries, lane.entries = lane.entries[: lane.room], lane.entries[lane.room :]
            lane.room = 100 + int(self.rng.random() * 400)
            body = request(resource, _SCOPE, entries)
            self.bytes += len(body)
            yield SPANS, len(entries), body
            if len(lane.entries) < lane.room:
                break
        if lane.logs:
            yield LOGS, len(lane.logs), request(resource, _SCOPE, lane.logs)
            self.records += len(lane.logs)
            lane.logs = []
        if at >= self.start_us + self.length_us and lane.entries:
            yield from self._send(lane, at)

    def _new_session(self, lanes: list[Lane]) -> Session:
        rng = self.rng
        rank = rng.choices(range(len(self.user_weights)), cum_weights=self.user_weights)[0]
        traces = 1
        while traces < 30 and rng.random() < 0.82:
            traces += 1
        lane = lanes[int(rng.random() * len(lanes))]
        return self._session(b"s-%032x" % rng.getrandbits(128), b"u-%06d" % rank, lane, traces)

    def _session(self, session_id: bytes, user: bytes, lane: Lane, traces: int) -> Session:
        session = Session()
        session.id, session.user, session.lane, session.left, session.history = session_id, user, lane, traces, []
        session.every, session.llm = self.dialect.session(session_id, user)
        session.system = self.systems[int(self.rng.random() ** 2 * 25)]
        session.model = int(self.rng.random() ** 2 * len(MODELS))
        session.plan = PLANS[len(self.users) % len(PLANS)]
        counts = self.users.get(user)
        if counts is None:
            counts = self.users[user] = [0] * len(COUNTS)
        counts[_SESSION] += 1
        own = [0] * len(COUNTS)
        if session_id == GIANT_SESSION or len(self.sessions) < 50 or self.rng.random() < 400 / self.expected_sessions:
            self.sessions[session_id] = own
        session.counts = (counts, own)
        return session

    def _open(self, session: Session, at: int) -> None:
        name = _NAME.text(self._words(24))
        session.lane.logs.append(self._event(b"session.start", session, at, name))

    def _event(self, name: bytes, session: Session, at: int, attributes: bytes, *ids: bytes) -> bytes:
        identity = _EVENT.text(b"%032x" % self.rng.getrandbits(128))
        identity += _LOG_SESSION.text(session.id) + _LOG_USER.text(session.user)
        return record(name, at, identity + attributes, *ids)

    def _trace(self, session: Session, at: int, most: int) -> tuple[int, list[bytes]]:
        """One turn: its end and its spans, children first; what it adds goes into the totals."""
        rng, dialect, words = self.rng, self.dialect, self._words
        random_number = rng.random
        shape = SHAPES[min(int(random_number() * 6), most - 1)]
        bits = rng.getrandbits(128 + 64 * 6).to_bytes(64, "little")
        trace_id, ids = bits[:16], [bits[n : n + 8] for n in range(16, 64, 8)]
        has_root = shape[0] == "r"
        root_id = ids[0] if has_root else b""
        question = say("user", words(20 + int(320 * random_number() ** 2)))
        messages = [session.system, *session.history, question]
        fails = random_number() < 0.02
        tags = [TAGS[int(random_number() ** 2 * len(TAGS))] for _ in range(int(random_number() * 3))]
        about = dialect.tags(tags, session.plan)
        entries: list[bytes] = []
        llm_calls = tokens_in = tokens_out = errors = 0
        now, answer = at + 2_000, question
        last = len(shape) - 1
        for n, step in enumerate(shape):
            if step == "r":
                continue
            took = 40_000 + int(400_000 * random_number())
            error, parent, identity = b"", root_id, session.every
            if step == "l":
                took *= 6
                identity = session.llm if has_root else session.llm + about
                here = self.heads["l"][session.model]
                if fails and n == last:
                    error = b"Rate limit reached"
                    tail = dialect.failed_llm(session.model, messages)
                else:
                    wants_tool = n < last
                    call = b"call_%x" % (now & 0xFFFFFF)
                    if wants_tool:
                        answer = ask_tool(TOOLS[now % len(TOOLS)], call, words(20 + int(60 * random_number())))
                    else:
                        answer = say("assistant", words(60 + int(900 * random_number() ** 2)))
                    said = sum([len(message[3]) for message in messages]) >> 2
                    given = len(answer[2]) >> 2
                    tokens_in += said
                    tokens_out += given
                    tail = dialect.llm(
                        session.model,
                        bool(now & 1),
                        b"tool_calls" if wants_tool else b"stop",
                        b"resp-" + ids[n].hex().encode(),
                        messages,
                        answer,
                        said,
                        given,
                        took / 4e6,
                    )
                    messages = [*messages, answer]
                llm_calls += 1
            elif step == "t":
                which, result = now % len(TOOLS), words(80 + int(500 * random_number()))
                here = self.heads["t"][which]
                tail = dialect.tool(which, call, answer[2][10:-2], result)
                messages.append(tell_tool(call, result))
                if random_number() < 0.01:
                    error = b"upstream timed out"
            else:
                here = self.heads["f"][0]
                tail = dialect.retrieve(question[2], words(300 + int(700 * random_number())))
            if error:
                errors += 1
            entries.append(span(trace_id, ids[n], parent, here, now, now + took, identity + tail, error))
            now += took + 1_000
        if has_root:
            tail = b"".join((session.every, about, dialect.root(question[2], b"" if fails else answer[2])))
            here = self.heads["r"][int(random_number() * len(NAMES))]
            entries.append(span(trace_id, root_id, b"", here, at, now, tail, b""))
        session.history = [*session.history, question, answer][-HISTORY:] if not fails else session.history
        up = down = 0
        if random_number() < 0.03:
            up = int(random_number() < 0.7)
            down = 1 - up
            attributes = _SCORE_NAME.text(b"helpful") + _SCORE.number(float(up)) + _LABEL.text(b"up" if up else b"down")
            score = attributes + _SOURCE.text(b"feedback")
            entry = self._event(
                b"gen_ai.evaluation.result", session, now + 5_000_000, score, trace_id, root_id or ids[0]
            )
            session.lane.logs.append(entry)
        added = (len(entries), 1, llm_calls, tokens_in, tokens_out, errors, up, down)
        for counts in session.counts:
            for n, number in enumerate(added):
                counts[n] += number
        if random_number() < 0.0005 or len(self.traces) < 50:
            self.traces.append([trace_id.hex(), at, len(entries)])
        return now, entries


_SCOPE = field(1, b"baserun") + field(2, b"3.0.0")
_EVENT, _LOG_SESSION, _LOG_USER = Key("baserun.event.id", 6), Key("session.id", 6), Key("user.id", 6)
_NAME, _OUTCOME = Key("baserun.session.name", 6), Key("baserun.session.outcome", 6)
_SCORE_NAME, _SCORE = Key("gen_ai.evaluation.name", 6), Key("gen_ai.evaluation.score.value", 6)
_LABEL, _SOURCE = Key("gen_ai.evaluation.score.label", 6), Key("baserun.score.source", 6)
