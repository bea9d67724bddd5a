"""Whatever a caller sends, the API answers it, or refuses it by saying what is wrong and nothing else.

The routes and their parameters come from the OpenAPI document, so that a new one is tried without a line here. Each run
tries the same part of the values; `BASERUN_TEST_HOSTILE=1000` tries all of them.
"""

import base64
import os
import random
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import pytest_asyncio

from baserun_server.app import describe

from .hostile import JSON_VALUES, LEAKS, OF_PARAMETERS, TEXTS, encoded, values_of
from .running import Server, call, traces_of

VALUES = int(os.environ.get("BASERUN_TEST_HOSTILE", "6"))
"""Values of each table that each parameter is tried with."""
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120 if VALUES < 20 else 0)]
TRACE_ID, DAY_NS = f"{0xA11:032x}", 86_400 * 10**9
NOON_NS = 1_780_000_000 * 10**9
GIVEN = {
    "user_id": "hostile-user",
    "session_id": "hostile-session",
    "trace_id": TRACE_ID,
    "span_id": "f" * 16,
    "erasure_id": "0" * 32,
    "q": "word",
    "field": "errors",
}
"""Values for parameters that a route cannot do without. No user is ever erased: that id is one that nobody has."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "x\u00e9")


@dataclass
class Operation:
    """A method of an address, as the document describes it."""

    method: str
    path: str
    parameters: list[dict[str, Any]] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)

    def address(self, **values: str | bytes) -> str:
        """Where to send it, with these values in place of good ones."""
        path, query = self.path, []
        for one in self.parameters:
            name = one["name"]
            if name not in values and not one.get("required"):
                continue
            text = encoded(values[name] if name in values else self.good(one))
            if one["in"] == "path":
                path = path.replace("{" + name + "}", text)
            else:
                query.append(f"{name}={text}")
        return path + ("?" + "&".join(query) if query else "")

    def good(self, parameter: dict[str, Any]) -> str:
        """A value that the parameter takes."""
        name = "nobody" if self.method == "DELETE" and parameter["in"] == "path" else GIVEN.get(parameter["name"])
        return name or parameter["schema"]["enum"][0]


def operations() -> list[Operation]:
    """Every operation of the OpenAPI document."""
    document = describe()
    found = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            properties: list[str] = []
            if body := described.get("requestBody"):
                reference = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                properties = list(document["components"]["schemas"][reference]["properties"])
            found.append(Operation(method.upper(), path, described.get("parameters", []), properties))
    return found


OPERATIONS = operations()
READING = [one for one in OPERATIONS if not one.properties]
WRITING = [one for one in OPERATIONS if one.properties]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _sent(server: Server) -> None:
    """A user, two sessions, one of three turns, metadata and two scores."""
    of = {"session__id": GIVEN["session_id"], "user__id": GIVEN["user_id"], "baserun__metadata__plan": "pro"}
    calls = [call(0xA11 + n, at_ns=NOON_NS + n * DAY_NS, said=f"word {n}", **of) for n in range(3)]
    calls[0]["spanId"] = GIVEN["span_id"]
    other = call(0xB11, at_ns=NOON_NS, session__id="hostile-session-2", user__id=GIVEN["user_id"])
    await server.send("traces", traces_of(*calls, other))
    for name in ("one", "two"):
        score = {"name": name, "value": 1, "user_id": GIVEN["user_id"], "session_id": GIVEN["session_id"]}
        assert (await server.client.post("/api/v1/scores", json=score)).status_code == 202
    await server.settled()


def check(answer: Any, what: str) -> None:
    """An answer, or a refusal in the one form."""
    assert answer.status_code < 500, f"{what}: {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 400 and answer.content:
        told = answer.json()["error"]
        assert told["code"], what
        assert told["message"], what
        assert len(answer.content) < 8_000, f"{what}: a refusal of {len(answer.content)} bytes"
        assert not [word for word in LEAKS if word in answer.text], f"{what}: {answer.text[:500]}"


@pytest.mark.slow(12)
@pytest.mark.parametrize("operation", READING, ids=lambda one: f"{one.method} {one.path}")
async def test_every_parameter_of_every_route_takes_whatever_stands_in_it(server: Server, operation: Operation):
    chance = random.Random(operation.method + operation.path)
    for one in operation.parameters:
        for name, value in values_of(one["name"], VALUES, chance).items():
            answer = await server.client.request(operation.method, operation.address(**{one["name"]: value}))
            check(answer, f"{operation.method} {operation.path}, {one['name']} is {name}")


@pytest.mark.parametrize("parameter", [*OF_PARAMETERS])
async def test_each_table_is_of_a_parameter_that_there_is(parameter: str):
    assert parameter in {one["name"] for operation in OPERATIONS for one in operation.parameters}


@pytest.mark.slow(5)
@pytest.mark.parametrize("operation", WRITING, ids=lambda one: f"{one.method} {one.path}")
async def test_every_property_of_every_body_takes_whatever_stands_in_it(server: Server, operation: Operation):
    good = {"name": b'"n"', "value": b"1", "user_id": b'"hostile-written"'} if operation.method == "POST" else {}
    for name, value in JSON_VALUES.items():
        bodies = {"the body": value, "an unknown property": b'{"x":' + value + b"}"}
        for property_ in operation.properties:
            if property_ == "user_id" and operation.method == "PATCH":
                continue  # would move the session to somebody else; the same property of a score is tried
            given = {**good, property_: value}
            bodies[property_] = b"{" + b",".join(b'"%s":%s' % (k.encode(), v) for k, v in given.items()) + b"}"
        for where, body in bodies.items():
            headers = {"content-type": "application/json"}
            answer = await server.client.request(operation.method, operation.address(), content=body, headers=headers)
            check(answer, f"{operation.method} {operation.path}, {where} is {name}")


async def test_what_a_body_was_accepted_with_can_be_read(server: Server):
    kept = 0
    for name, value in JSON_VALUES.items():
        body = b'{"name":"kept","value":1,"user_id":"hostile-reader","metadata":{"m":' + value + b"}}"
        headers = {"content-type": "application/json"}
        answer = await server.client.post("/api/v1/scores", content=body, headers=headers)
        check(answer, name)
        kept += answer.status_code == 202
    assert kept > 10
    await server.settled()
    found = await server.get("/scores", user="hostile-reader", limit=200)
    assert len(found["items"]) == kept
    for operation in READING:
        if operation.method == "GET":
            check(await server.client.get(operation.address()), operation.path)


async def test_a_refusal_of_a_body_names_rule_limit_and_place_and_repeats_nothing(server: Server):
    secret = "what-somebody-wrote"
    deep = {"metadata": {"a": {secret: None}}, "name": secret, "user_id": "u", "value": 1}
    for _ in range(70):
        deep["metadata"]["a"] = [deep["metadata"]["a"]]  # type: ignore[index]
    rows = (
        (deep, "deeper than `64` levels", None),
        ({"name": secret * 20, "user_id": "u", "value": 1}, "200", "name"),
        ({"name": "n", "user_id": "u", "value": secret}, "number", "value"),
        ({"name": "n", "user_id": "u", "value": 1, "metadata": {"k": 2**70}}, "64 bits", "metadata.k"),
        ({"name": "n", "user_id": "u", "metadata": {f"k{n}": secret for n in range(1_001)}}, "1,000", "metadata"),
        ({"name": "n", "user_id": "u", "metadata": {"k" * 1_025: secret}}, "1,024", "metadata"),
    )
    for body, rule, place in rows:
        answer = await server.client.post("/api/v1/scores", json=body)
        assert answer.status_code == 400, place
        told = answer.json()["error"]
        assert rule in told["message"], told
        assert told.get("field") == place
        assert told["hint"]
        assert secret not in answer.text


async def test_every_cursor_is_read_with_distrust(server: Server):
    tried = 0
    for operation in READING:
        if not any(one["name"] == "cursor" for one in operation.parameters):
            continue
        first = (await server.client.get(operation.address(limit="1"))).json()
        if not first["next_cursor"]:
            continue
        given = first["next_cursor"]
        told = orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        for place in range(len(told)):
            for value in (-1, 2**62, 2**63, True, None, "\0'", []):
                changed = orjson.dumps([*told[:place], value, *told[place + 1 :]])
                cursor = base64.urlsafe_b64encode(changed).decode().rstrip("=")
                answer = await server.client.get(operation.address(limit="1", cursor=cursor))
                check(answer, f"{operation.path}, {value!r} at {place} of the cursor")
                tried += 1
    assert tried > 150


@pytest.mark.parametrize("path", [*(one.address() for one in READING if one.method == "GET"), "/", "/openapi.json"])
async def test_every_method_has_an_answer_at_every_address(server: Server, path: str):
    for method in METHODS:
        if method == "DELETE":
            continue  # of the users' address it is meant, and tried above
        check(await server.client.request(method, path), f"{method} {path}")


async def test_every_text_is_a_path_without_a_page(server: Server):
    for name, value in TEXTS.items():
        for path in ("/", "/assets/", "/api/", "/api/v1/", "/v1/"):
            check(await server.client.get(path + encoded(value)), f"{path}, {name}")


async def test_a_parameter_that_stands_in_an_address_twice_is_refused(server: Server):
    answer = await server.client.get("/api/v1/users?limit=1&limit=2")
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "limit"


@pytest.mark.parametrize(
    "name", ["300 clauses", "300 times said", "300 scores", "400 times has a name", "1,900 values"]
)
async def test_a_filter_beyond_a_limit_is_refused_by_the_limit_and_its_place(server: Server, name: str):
    for list_ in ("users", "sessions", "traces"):
        value = OF_PARAMETERS["filter"][name]
        told = await server.refusal(f"/{list_}", filter=value)
        assert told["field"] == "filter"
        assert told["hint"]
        assert any(limit in told["message"] for limit in ("50 clauses", "200 values", "20 conditions")), told


@pytest.mark.slow(5)
@pytest.mark.parametrize("list_", ["users", "sessions", "traces"])
async def test_a_filter_of_the_largest_size_is_answered(server: Server, list_: str):
    ids = ",".join(f"id{n}" for n in range(140))
    fields = " ".join(["errors>=0"] * 35)
    said = " ".join(f"-said:none{n} -score.none{n}>1" for n in range(7))
    identity = {"users": "user_id", "sessions": "session_id", "traces": "trace_id"}[list_]
    await server.get(f"/{list_}", filter=f"-{identity}:{ids} {fields} {said}", include="total")
    await server.get(f"/{list_}", q=" ".join(f"-none{n}" for n in range(20)), include="total")


PHRASE = " ".join(f"word{n}" for n in range(120))


@pytest.mark.parametrize(
    ("path", "parameters", "status", "told"),
    [
        ("/metrics", {"from": "1970-01-01", "to": "9999-12-31"}, 200, ""),
        ("/metrics", {"from": "1970-01-01", "to": "9999-12-31", "compare": "previous", "by": "model"}, 200, ""),
        ("/metrics", {"from": "1970-01-01", "to": "9999-12-31", "interval": "1m"}, 400, "1,500 points"),
        ("/metrics", {"interval": "999999999w"}, 400, "longer than any window"),
        ("/users", {"q": f'"{PHRASE}"'}, 200, ""),
        ("/users", {"q": "-".join(f"w{n}" for n in range(150))}, 200, ""),
        ("/users", {"q": PHRASE}, 400, "may have 20"),
        ("/users", {"limit": "1" + "0" * 18}, 400, "200"),
        ("/users", {"x" * 5_000: "1"}, 400, "no parameter"),
        ("/scores", {"user": "u" * 5_000}, 400, "4,096"),
        ("/users", {"filter": "user_id:" + ",".join(f"id{n}" for n in range(200))}, 200, ""),
        ("/users", {"filter": "user_id:" + ",".join(f"id{n}" for n in range(201))}, 400, "200 values"),
    ],
)
async def test_a_limit_is_kept_and_named(server: Server, path: str, parameters: dict, status: int, told: str):
    answer = await server.client.get(f"/api/v1{path}", params=parameters)
    check(answer, path)
    assert answer.status_code == status, answer.text
    if told:
        assert told in answer.json()["error"]["message"] + answer.json()["error"]["hint"]


async def test_a_window_of_all_time_has_as_many_points_as_any_other(server: Server):
    found = await server.get("/metrics", **{"from": "1970-01-01", "to": "9999-12-31"})
    assert 50 < len(found["times"]) <= 182


async def test_values_that_no_filter_can_hold_are_no_facets(server: Server):
    of = {"session__id": "hostile-facets", "baserun__metadata__long": "x" * 5_000, "baserun__metadata__short": "y"}
    await server.send("traces", traces_of(call(0xA71, at_ns=NOON_NS, **of)))
    await server.settled()
    for key, values in (("long", []), ("short", ["y"])):
        found = await server.get("/facets", **{"for": "traces", "field": f"meta.{key}"})
        assert [item["value"] for item in found["items"]] == values


async def test_taking_back_many_aliases_of_a_person_who_has_many_is_refused_by_the_number_that_may_be(server: Server):
    await server.send("traces", traces_of(call(0xA72, at_ns=NOON_NS, user__id="hostile-many-ids")))
    await server.settled()
    address, ids = "/api/v1/users/hostile-many-ids", [f"hostile-id-{n}" for n in range(300)]
    assert (await server.client.patch(address, json={"aliases": ids})).status_code == 202
    await server.settled()
    refused = await server.client.patch(address, json={"aliases": []})
    assert refused.status_code == 400
    assert "may take back 66" in refused.json()["error"]["message"]
    assert (await server.client.patch(address, json={"aliases": ids[66:]})).status_code == 202
