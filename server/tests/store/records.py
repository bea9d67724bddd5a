"""Records as the wire might bring them: few ids, so that everything meets everything; made by hypothesis."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from baserun_server.model import Batch, Log, Score, SessionEvent, Span, UserEvent

MONTH_END_US = 1_793_491_200_000_000
"""1 November 2026: times lie around the change of a month."""
HOUR_US = 3_600_000_000

TRACES = [f"{number:032x}" for number in range(1, 7)]
SPANS = [f"{number:016x}" for number in range(1, 6)]
SESSIONS = ["s-1", "s-2", "s'3\\\t☃"]
USERS = ["u-1", "u-2", "u'3\n"]
PROVIDER_USERS = ["p-1", "u-2"]

moments = st.integers(-30 * 24, 3 * 24).flatmap(
    lambda hour: st.integers(0, HOUR_US - 1).map(lambda rest: MONTH_END_US + (hour % 60 - 30) * HOUR_US + rest)
)

FAR_US = [0, 86_400_000_000 * 365, 4_102_444_800_000_000]
"""1970, 1971 and 2100: what clocks say that were never set, and dates that were read as another unit."""
starts = st.integers(0, 9).flatmap(lambda chance: moments if chance else st.sampled_from(FAR_US))


def maybe(values: list[str]) -> st.SearchStrategy[str]:
    """One of the values, or often none."""
    return st.sampled_from(["", "", *values])


@st.composite
def spans(draw: Callable[[Any], Any], project_id: str, traces: list[str] = TRACES) -> Span:
    """A span of any kind, that may say who it belongs to."""
    start_us = draw(starts)
    kind = draw(st.sampled_from(["llm", "llm", "llm", "tool", "tool", "chain", "agent", "embedding", "other"]))
    tokens = st.none() | st.integers(0, 9_000)
    span_id = draw(st.sampled_from(SPANS))
    # A parent is of lower number: what calls what has no cycles.
    parents = ["", *SPANS[: SPANS.index(span_id)], "f" * 16]
    return Span(
        project_id=project_id,
        trace_id=draw(st.sampled_from(traces)),
        span_id=span_id,
        parent_span_id=draw(st.sampled_from(parents)),
        kind=kind,
        name=draw(st.sampled_from(["a", "b"])),
        scope=draw(maybe(["x", "y"])),
        tool_name=draw(maybe(["search"])),
        trace_name=draw(maybe(["named"])),
        start_us=start_us,
        end_us=start_us + draw(st.integers(0, 90_000_000)),
        status=draw(st.sampled_from(["unset", "ok", "error", "error"])),
        session_id=draw(maybe(SESSIONS)),
        session_attribute=draw(st.sampled_from(["session.id", "session.id", "gen_ai.conversation.id"])),
        user_id=draw(maybe(USERS)),
        user_attribute="user.id",
        provider_user=draw(maybe(PROVIDER_USERS)),
        provider_user_attribute="user",
        provider=draw(maybe(["openai"])),
        model=draw(maybe(["gpt-4.1", "claude"])),
        response_id=draw(maybe(["r-1", "r-2"])),
        completion_id=draw(maybe(["c-1"])),
        input_tokens=draw(tokens),
        output_tokens=draw(tokens),
        cached_tokens=draw(tokens),
        reasoning_tokens=draw(tokens),
        cost_nano_usd=draw(st.none() | st.integers(0, 10**12)),
        input_messages=draw(st.sampled_from([[], [{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]])),
        output=draw(st.none() | st.sampled_from(["bye", "x" * 300, {"a": 1}])),
        environment=draw(maybe(["production"])),
        release=draw(maybe(["1.0"])),
        tags=draw(st.lists(st.sampled_from(["t1", "t2"]), unique=True)),
        metadata=draw(st.sampled_from([{}, {"plan": "pro"}, {"plan": "free", "n": 1}])),
        received_us=0,
    )


@st.composite
def scores(draw: Callable[[Any], Any], project_id: str, number: int) -> Score:
    """A judgement of a trace, a call, a session or a user."""
    return Score(
        project_id=project_id,
        score_id=f"score-{number}",
        name="helpful",
        value=draw(st.none() | st.sampled_from([0.0, 0.5, 1.0])),
        label=draw(st.sampled_from(["", "up", "down"])),
        source=draw(st.sampled_from(["feedback", "feedback", "check"])),
        trace_id=draw(maybe(TRACES)),
        session_id=draw(maybe(SESSIONS)),
        user_id=draw(maybe(USERS)),
        response_id=draw(maybe(["r-1", "r-2"])),
        completion_id=draw(maybe(["c-1"])),
        at_us=draw(moments),
        received_us=0,
    )


@st.composite
def session_events(draw: Callable[[Any], Any], project_id: str, number: int) -> SessionEvent:
    """Start, end, or assignment to a user."""
    return SessionEvent(
        project_id=project_id,
        event_id=f"event-{number}",
        kind=draw(st.sampled_from(["start", "end", "assign"])),
        session_id=draw(st.sampled_from(SESSIONS)),
        user_id=draw(maybe(USERS)),
        name=draw(maybe(["Refund", "Trip"])),
        outcome=draw(maybe(["completed"])),
        metadata=draw(st.sampled_from([{}, {"plan": "pro"}, {"plan": "free"}])),
        at_us=draw(moments),
        received_us=0,
    )


@st.composite
def user_events(draw: Callable[[Any], Any], project_id: str, number: int) -> UserEvent:
    """Traits or another id."""
    return UserEvent(
        project_id=project_id,
        event_id=f"identify-{number}",
        user_id=draw(st.sampled_from(USERS)),
        traits=draw(st.sampled_from([{}, {"name": "Ada"}, {"name": "Eve", "plan": 1}])),
        alias=draw(maybe([*USERS, "p-1", "ada@example.com"])),
        unlinks=draw(st.sampled_from([False, False, True])),
        confirmed=draw(st.booleans()),
        at_us=draw(moments),
        received_us=0,
    )


@st.composite
def updates(draw: Callable[[Any], Any], project_id: str, number: int) -> Log:
    """What the application said of a trace after its end."""
    return Log(
        project_id=project_id,
        log_id=f"log-{number}",
        kind=draw(st.sampled_from(["update", "update", "log"])),
        name="",
        body=draw(st.none() | st.sampled_from(["late result"])),
        trace_id=draw(st.sampled_from(TRACES)),
        metadata=draw(st.sampled_from([{}, {"plan": "late"}])),
        at_us=draw(moments),
        received_us=0,
    )


FIELD = {Span: "spans", Score: "scores", SessionEvent: "session_events", UserEvent: "user_events", Log: "logs"}


@st.composite
def histories(draw: Callable[[Any], Any], project_id: str) -> list[Batch]:
    """Batches in the order in which they are stored: records twice, late, and in any order."""
    return draw(crowded_histories(project_id, TRACES, spans_least=1, cuts=(0, 2)))


@st.composite
def crowded_histories(
    draw: Callable[[Any], Any], project_id: str, traces: list[str], spans_least: int, cuts: tuple[int, int]
) -> list[Batch]:
    """The same with spans of these traces, at least so many, cut into batches at so many places."""
    records = [
        *draw(st.lists(spans(project_id, traces), min_size=spans_least, max_size=24)),
        *[draw(scores(project_id, number)) for number in range(draw(st.integers(0, 5)))],
        *[draw(session_events(project_id, number)) for number in range(draw(st.integers(0, 5)))],
        *[draw(user_events(project_id, number)) for number in range(draw(st.integers(0, 4)))],
        *[draw(updates(project_id, number)) for number in range(draw(st.integers(0, 2)))],
    ]
    # What was received later replaces what was received before, whatever the order in which it is stored.
    for number, record in enumerate(draw(st.permutations(records))):
        record.received_us = MONTH_END_US + number
    again = draw(st.lists(st.sampled_from(records), max_size=6))
    arriving = draw(st.permutations([*records, *again]))
    least, most = cuts
    places = sorted(draw(st.sets(st.integers(1, max(1, len(arriving) - 1)), min_size=least, max_size=most)))
    batches = []
    for number, (start, end) in enumerate(zip([0, *places], [*places, len(arriving)], strict=True)):
        batch = Batch(token=f"{project_id}:{number}")
        for record in arriving[start:end]:
            getattr(batch, FIELD[type(record)]).append(record)
        batches.append(batch)
    return batches
