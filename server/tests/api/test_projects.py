"""No project sees another: not where two send the same ids at the same time, in any order, and again.

Each project says a word of its own in everything that it sends. No answer to another project may hold the word, and
what a project is answered is what a project is answered that sent the same alone.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from server.tests.ingest.otlp_forms import protobuf

from baserun_server.app import describe

from .running import Server, attribute, message, running_server

pytestmark = pytest.mark.slow(60)

PROJECTS = ("alpha", "beta", "gamma")
ALONE = {project: f"{project}-alone" for project in PROJECTS}
"""By project: one that is sent the same, once, in order, and in requests of its own."""
USERS, SESSIONS = ("ann", "ben"), ("chat", "task")
_worlds = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(tmp_path_factory) -> AsyncIterator[Server]:
    """A server of several projects."""
    keys = ",".join(f"{project}:key-{project}" for project in (*PROJECTS, *ALONE.values()))
    async with running_server(tmp_path_factory.mktemp("projects"), api_keys=keys) as running:
        yield running


class World:
    """The ids of one example, the same for every project, and each project's word."""

    def __init__(self) -> None:
        self.number = next(_worlds)
        # Long enough ago that no session turns idle between two answers.
        self.at_ns = (time.time_ns() // 1_000_000 - 7_200_000) * 1_000_000

    def word(self, project: str) -> str:
        return f"{project}{self.number}word"

    def trace(self, n: int) -> str:
        return f"{self.number:024x}{n:08x}"

    def span(self, n: int, m: int) -> str:
        # Traces of one world share the ids of their spans.
        return f"{self.number:012x}{m:04x}"

    def user(self, n: int) -> str:
        return f"{USERS[n]}-{self.number}"

    def session(self, n: int) -> str:
        return f"{SESSIONS[n]}-{self.number}"


# --- what is sent: made for a project's word from a shape that all projects share -------------------------------------

traces, spans, people = st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)
SHAPES = st.one_of(
    st.tuples(st.just("call"), traces, spans, people, people, st.booleans()),
    st.tuples(st.just("tool"), traces, spans, people, people),
    st.tuples(st.just("details"), traces, spans),
    st.tuples(st.just("message"), traces, spans, st.sampled_from(["user", "assistant"])),
    st.tuples(st.just("score"), st.sampled_from(["trace", "session", "user", "call"]), people),
    st.tuples(st.just("identify"), people, st.booleans()),
    st.tuples(st.just("session"), people, people),
    st.tuples(st.just("log"), traces, st.sampled_from(["baserun.log", "baserun.tag", "baserun.trace.update"])),
)
EVERY_KIND = [
    ("call", 0, 0, 0, 0, True), ("call", 1, 0, 0, 0, False), ("call", 2, 0, 1, 1, False), ("tool", 0, 1, 0, 0),
    ("details", 0, 0), ("details", 2, 0), ("message", 2, 0, "user"), ("message", 2, 0, "assistant"),
    ("score", "trace", 0), ("score", "session", 0), ("score", "user", 0), ("score", "call", 0),
    ("identify", 0, True), ("session", 0, 0), ("log", 0, "baserun.log"), ("log", 1, "baserun.trace.update"),
]  # fmt: skip


def made(shape: tuple[Any, ...], place: int, world: World, word: str) -> tuple[str, dict[str, Any]]:
    """What a project sends of a shape: `traces` or `logs`, and the record."""
    at_ns = world.at_ns + place * 1_000_000
    if shape[0] in ("call", "tool"):
        return "traces", _span(shape, at_ns, world, word)
    return "logs", _record(shape, place, at_ns, world, word)


def _span(shape: tuple[Any, ...], at_ns: int, world: World, word: str) -> dict[str, Any]:
    kind, n, m, user, session, *rest = shape
    said = {
        "gen_ai.input.messages": [message("user", f"asks {word}")],
        "gen_ai.output.messages": [message("assistant", f"answers {word}")],
    }
    call = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": f"model-{word}",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.response.id": f"response-{world.number}",
        **({} if rest and rest[0] else said),
    }
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": word, "gen_ai.tool.call.arguments": word}
    whose = {"user.id": world.user(user), "session.id": world.session(session)}
    more = {"baserun.metadata.plan": word, "baserun.tags": [word], "baserun.trace.name": word, "service.version": word}
    return {
        "traceId": world.trace(n),
        "spanId": world.span(n, m),
        "name": word,
        "kind": 1,
        "startTimeUnixNano": str(at_ns),
        "endTimeUnixNano": str(at_ns + 5_000_000),
        "status": {"code": 2, "message": word},
        "attributes": attributes({**(call if kind == "call" else tool), **whose, **more}),
    }


def _record(shape: tuple[Any, ...], place: int, at_ns: int, world: World, word: str) -> dict[str, Any]:
    kind, n, *rest = shape
    record: dict[str, Any] = {"timeUnixNano": str(at_ns)}
    said: dict[str, Any] = {"baserun.event.id": f"event-{world.number}-{place}"}
    if kind == "details":
        # Content has no id of its own in the wild.
        said = {
            "gen_ai.input.messages": [message("user", f"asks apart {word}")],
            "gen_ai.output.messages": [message("assistant", f"answers apart {word}")],
        }
        record |= {"eventName": "gen_ai.client.inference.operation.details", **place_of(world, n, rest[0])}
    elif kind == "message":
        name = "gen_ai.user.message" if rest[1] == "user" else "gen_ai.assistant.message"
        said = {}
        record |= {"eventName": name, "body": kvlist({"content": f"{rest[1]} {word}"}), **place_of(world, n, rest[0])}
    elif kind == "score":
        on = {
            "trace": place_of(world, rest[0], 0),
            "session": {},
            "user": {},
            "call": {},
        }[n]
        judged = {
            "session": {"session.id": world.session(rest[0])},
            "user": {"user.id": world.user(rest[0])},
            "call": {"gen_ai.response.id": f"response-{world.number}"},
        }.get(n, {})
        said |= {"gen_ai.evaluation.name": word, "gen_ai.evaluation.score.value": 0.0, **judged}
        said |= {"gen_ai.evaluation.explanation": word, "baserun.score.source": "feedback"}
        record |= {"eventName": "gen_ai.evaluation.result", **on}
    elif kind == "identify":
        said |= {"user.id": world.user(n), "baserun.trait.name": word}
        if rest[0]:
            said["baserun.user.alias"] = f"alias-{world.number}"
        record |= {"eventName": "baserun.user.identify"}
    elif kind == "session":
        said |= {"session.id": world.session(n), "user.id": world.user(rest[0]), "baserun.session.name": word}
        said["baserun.metadata.topic"] = word
        record |= {"eventName": "session.start"}
    else:
        said |= {"baserun.log.name": word, "baserun.tag.key": word, "baserun.tag.value": word, "baserun.output": word}
        record |= {"eventName": rest[0], "body": {"stringValue": word}, **place_of(world, n, 0)}
    return {**record, "attributes": attributes(said)}


def place_of(world: World, n: int, m: int) -> dict[str, str]:
    return {"traceId": world.trace(n), "spanId": world.span(n, m)}


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [attribute(key, value) for key, value in values.items()]


def kvlist(values: dict[str, str]) -> dict[str, Any]:
    return {"kvlistValue": {"values": attributes(values)}}


def request_of(kind: str, records: list[dict[str, Any]]) -> dict[str, Any]:
    if kind == "traces":
        return {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "baserun"}, "spans": records}]}]}
    return {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "baserun"}, "logRecords": records}]}]}


# --- sending and asking -----------------------------------------------------------------------------------------------


def key_of(project: str) -> dict[str, str]:
    return {"authorization": f"Bearer key-{project}"}


async def post(server: Server, project: str, kind: str, records: list[dict[str, Any]], as_json: bool) -> None:
    document, headers = request_of(kind, records), key_of(project)
    if as_json:
        answer = await server.client.post(f"/v1/{kind}", json=document, headers=headers)
    else:
        headers |= {"content-type": "application/x-protobuf"}
        answer = await server.client.post(f"/v1/{kind}", content=protobuf(document), headers=headers)
    assert answer.status_code == 200, answer.text


async def ask(server: Server, project: str, path: str, **parameters: Any) -> httpx.Response:
    return await server.client.get(path, params=parameters, headers=key_of(project))


Question = tuple[str, dict[str, Any]]
LISTS = ("users", "sessions", "traces")


def questions(world: World, words: list[str]) -> dict[str, list[Question]]:
    """What every address of the API is asked about a world, `words` being all that any project said in it."""
    users = [world.user(0), world.user(1), f"alias-{world.number}"]
    sessions, traces = [world.session(n) for n in (0, 1)], [world.trace(n) for n in range(3)]

    def each(path: str, ids: list[str], **parameters: Any) -> list[Question]:
        return [(path.format(id_), parameters) for id_ in ids]

    def by_word(path: str, *fields: str) -> list[Question]:
        told = [{"filter": f"{field}:{','.join(words)}", "include": "total"} for field in fields]
        return [(path, {}), *((path, {"q": word}) for word in words), *((path, one) for one in told)]

    facets = {"users": ("tag",), "sessions": ("name",), "traces": ("name", "model")}
    return {
        "/healthz": [("/healthz", {})],
        "/readyz": [("/readyz", {})],
        "/api/v1/me": [],
        "/api/v1/erasures": [("/api/v1/erasures", {})],
        "/api/v1/erasures/{erasure_id}": each("/api/v1/erasures/{}", ["none"]),
        "/api/v1/dead-letters": [("/api/v1/dead-letters", {})],
        "/api/v1/fields": [("/api/v1/fields", {"for": list_}) for list_ in LISTS],
        "/api/v1/users": by_word("/api/v1/users", "said", "trait.name", "meta.plan"),
        "/api/v1/users/{user_id}": each("/api/v1/users/{}", users),
        "/api/v1/users/{user_id}/sessions": each("/api/v1/users/{}/sessions", users),
        "/api/v1/users/{user_id}/journey": each("/api/v1/users/{}/journey", users),
        "/api/v1/sessions": by_word("/api/v1/sessions", "meta.topic", "score." + words[0]),
        "/api/v1/sessions/{session_id}": each("/api/v1/sessions/{}", sessions),
        "/api/v1/sessions/{session_id}/turns": each("/api/v1/sessions/{}/turns", sessions),
        "/api/v1/sessions/{session_id}/search": [
            (f"/api/v1/sessions/{sessions[0]}/search", {"q": word}) for word in words
        ],
        "/api/v1/traces": [
            *by_word("/api/v1/traces", "said", "meta.plan"),
            *[("/api/v1/traces", {"session": id_}) for id_ in sessions],
            *[("/api/v1/traces", {"user": id_}) for id_ in users],
        ],
        "/api/v1/traces/{trace_id}": [
            *each("/api/v1/traces/{}", traces),
            *each("/api/v1/traces/{}", traces[:1], spans="light"),
        ],
        "/api/v1/traces/{trace_id}/spans/{span_id}": each(
            f"/api/v1/traces/{traces[0]}/spans/{{}}", [world.span(0, m) for m in (0, 1)], content="full"
        ),
        "/api/v1/scores": [
            ("/api/v1/scores", {}),
            *[("/api/v1/scores", {"trace": id_}) for id_ in traces[:1]],
        ],
        "/api/v1/search": [
            ("/api/v1/search", {"q": text, "limit": 50})
            for text in (*words, users[0], sessions[0], traces[0], world.span(0, 0), f"response-{world.number}")
        ],
        "/api/v1/facets": [
            ("/api/v1/facets", {"for": list_, "field": field}) for list_ in LISTS for field in facets[list_]
        ],
        "/api/v1/histogram": [("/api/v1/histogram", {"for": list_, "field": "tokens"}) for list_ in LISTS],
        "/api/v1/metrics": [("/api/v1/metrics", {"from": "now-6h", "to": "now", "interval": "1h", "by": "model"})],
    }


def test_every_address_of_the_api_is_asked():
    asked = questions(World(), ["word"])
    assert asked.keys() == {path for path, methods in describe()["paths"].items() if "get" in methods}
    assert [path for path, own in asked.items() if not own] == ["/api/v1/me"], "says the project's name and no more"


async def answers(server: Server, project: str, asked: list[Question]) -> list[httpx.Response]:
    return list(await asyncio.gather(*(ask(server, project, path, **parameters) for path, parameters in asked)))


OF_THE_MOMENT = {"received_at", "erasure_id", "backlog_bytes", "next_cursor"}
"""What differs between two who sent the same at different times."""


def plain(document: Any) -> Any:
    """An answer without what is of the moment at which it was sent."""
    if isinstance(document, dict) and document.get("items") and "url" in document["items"][0]:
        # Ids are found with those first that were sent last.
        return sorted(map(str, document["items"]))
    if isinstance(document, dict):
        return {key: plain(value) for key, value in document.items() if key not in OF_THE_MOMENT}
    return [plain(item) for item in document] if isinstance(document, list) else document


@settings(
    max_examples=2,
    # Two examples are few: the same two each time, so that what they find is a change of ours.
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(drawn=st.lists(SHAPES, max_size=8), chance=st.randoms(use_true_random=False))
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(600)
async def test_projects_that_send_the_same_ids_see_nothing_of_each_other(shared: Server, drawn: list, chance: Random):
    world = World()
    # Of one span there is one form: which of two came last is not what is looked at here.
    shapes = list({shape[:3]: shape for shape in [*EVERY_KIND, *drawn]}.values())
    sent = {}
    for project in PROJECTS:
        own = set(chance.sample(range(len(shapes)), chance.randint(8, len(shapes))))
        sent[project] = [made(shape, n, world, world.word(project)) for n, shape in enumerate(shapes) if n in own]

    parts = [part for project, records in sent.items() for part in scattered(project, records, chance)]
    chance.shuffle(parts)
    for part in parts:
        await post(shared, *part)
        if chance.random() < 0.1:
            await shared.settled()
    for project, records in sent.items():
        for kind in ("traces", "logs"):
            await post(shared, ALONE[project], kind, [record for of, record in records if of == kind], True)
    await shared.settled()

    asked = [question for own in questions(world, [world.word(p) for p in PROJECTS]).values() for question in own]
    compared = chance.choice(PROJECTS)
    for project in PROJECTS:
        found = await answers(shared, project, asked)
        expected = await answers(shared, ALONE[project], asked) if project == compared else found
        others = {f"{other}{n}word" for other in PROJECTS if other != project for n in range(1, world.number + 1)}
        for (path, parameters), answer, alone in zip(asked, found, expected, strict=True):
            echoed = [value for value in parameters.values() if isinstance(value, str)]
            leaked = [word for word in others if word in answer.text and not any(word in value for value in echoed)]
            assert (project, path, parameters, leaked) == (project, path, parameters, [])
            assert answer.status_code == alone.status_code, (project, path, parameters, answer.text)
            assert not list(differences(plain(answer.json()), plain(alone.json()))), (project, path, parameters)


def differences(one: Any, other: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two documents differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif one != other:
        yield place, one, other


def scattered(project: str, records: list[tuple[str, Any]], chance: Random) -> Iterator[tuple[str, str, list, bool]]:
    """Requests for records in any order, some of them again, alone or with others of their kind; some as JSON."""
    mixed = [*records, *chance.choices(records, k=4)]
    chance.shuffle(mixed)
    while mixed:
        size = chance.randint(1, 6)
        group, mixed = mixed[:size], mixed[size:]
        for kind in ("traces", "logs"):
            if own := [record for of, record in group if of == kind]:
                yield project, kind, own, chance.random() < 0.5


@pytest.mark.asyncio(loop_scope="session")
async def test_a_person_erased_in_one_project_is_untouched_in_another(shared: Server):
    world = World()
    for project in ("alpha", "beta"):
        records = [made(shape, n, world, world.word(project)) for n, shape in enumerate(EVERY_KIND)]
        for kind in ("traces", "logs"):
            await post(shared, project, kind, [record for of, record in records if of == kind], True)
    await shared.settled()
    words = [world.word(project) for project in ("alpha", "beta")]
    asked = [question for own in questions(world, words).values() for question in own]
    before = await answers(shared, "beta", asked)

    erased = await shared.client.delete(f"/api/v1/users/{world.user(0)}", headers=key_of("alpha"))
    receipt = f"/api/v1/erasures/{erased.json()['erasure_id']}"
    while (await ask(shared, "alpha", receipt)).json()["state"] == "requested":
        await asyncio.sleep(0.1)

    assert (await ask(shared, "alpha", f"/api/v1/traces/{world.trace(0)}")).status_code == 404
    assert (await ask(shared, "beta", receipt)).status_code == 404
    after = await answers(shared, "beta", asked)
    for (path, parameters), one, other in zip(asked, before, after, strict=True):
        assert not list(differences(plain(one.json()), plain(other.json()))), (path, parameters)
