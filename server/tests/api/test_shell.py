"""What stands around every answer: headers, names, keys, errors, conditional answers, pages."""

import re
from urllib.parse import quote

import pytest

from baserun_server.app import ROUTES, describe
from baserun_server.store.search.fields import FIELDS, FREE_KEYS

from .running import running_server

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(16)]

ADDRESSES = [
    "/",
    "/sessions/a",
    "/api/v1/users",
    "/api/v1/nothing",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/assets/x.js",
]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_answer_carries_the_safety_headers(server, address):
    answer = await server.client.get(address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


async def test_a_foreign_name_for_this_machine_is_refused(server):
    for host in ("evil.example", "evil.example:4318", "localhost.evil.example", ""):
        answer = await server.client.get("/api/v1/me", headers={"host": host})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_host")
    for host in ("localhost", "localhost:4318", "127.0.0.1:9", "[::1]:4318", "app.localhost"):
        answer = await server.client.get("/api/v1/me", headers={"host": host})
        assert answer.status_code == 200, host


async def test_a_page_of_another_site_may_neither_read_nor_write(server):
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://localhost:3000"}):
        answer = await server.client.post("/api/v1/scores", json={"name": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
    own = await server.client.get("/api/v1/me", headers={"origin": "http://localhost:4318"})
    assert own.status_code == 200


async def test_with_keys_each_key_opens_its_own_project_and_nothing_opens_without(tmp_path):
    async with running_server(tmp_path, api_keys="alpha:secret-a,secret-b") as server:
        assert (await server.client.get("/api/v1/me")).json()["error"]["code"] == "unauthorized"
        wrong = await server.client.get("/api/v1/me", headers={"authorization": "Bearer no"})
        assert wrong.status_code == 401
        first = await server.client.get("/api/v1/me", headers={"authorization": "Bearer secret-a"})
        second = await server.client.get("/api/v1/me", headers={"x-api-key": "secret-b", "host": "some.name"})
        assert (first.json()["project"], second.json()["project"]) == ("alpha", "default")


async def test_an_address_that_is_not_there_says_so_in_the_one_form(server):
    error = await server.refusal("/nothing", 404)
    assert error == {
        "code": "not_found",
        "message": "there is nothing at `/api/v1/nothing`",
        "hint": "see `/openapi.json`",
    }


async def test_a_wrong_method_names_the_right_ones(server):
    answer = await server.client.delete("/api/v1/sessions")
    assert answer.status_code == 405
    assert answer.json()["error"]["hint"] == "use GET"


LISTING = [route.path for route in ROUTES if route.method == "GET" and "{" not in route.path and "/api" in route.path]


@pytest.mark.parametrize("address", LISTING)
async def test_a_parameter_that_there_is_not_is_refused_with_the_known_ones(server, address):
    answer = await server.client.get(address, params={"for": "users", "q": "x", "field": "model", "colour": "red"})
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["code"] == "invalid_parameter"
    assert error["hint"].startswith("it takes ")


WRONG = [
    ("/users", {"limit": "0"}, "limit"),
    ("/users", {"limit": "201"}, "limit"),
    ("/users", {"limit": "ten"}, "limit"),
    ("/users", {"from": "yesterday"}, "from"),
    ("/users", {"from": "now", "to": "now-1d"}, "from"),
    ("/users", {"sort": "colour"}, "sort"),
    ("/users", {"include": "everything"}, "include"),
    ("/users", {"filter": "colour:red"}, "filter"),
    ("/users", {"filter": "cost_usd:cheap"}, "filter"),
    ("/users", {"filter": "first_seen:soon"}, "filter"),
    ("/users", {"filter": "user_id>3"}, "filter"),
    ("/sessions", {"filter": "user_id:a..b"}, "filter"),
    ("/sessions", {"filter": "duration:fast"}, "filter"),
    ("/users", {"filter": "derived:maybe"}, "filter"),
    ("/users", {"cursor": "nonsense"}, "cursor"),
    ("/users", {"cursor": "🦆"}, "cursor"),
    ("/fields", {"for": "ducks"}, "for"),
    ("/fields", {}, "for"),
    ("/facets", {"for": "users", "field": "cost_usd"}, "field"),
    ("/histogram", {"for": "users", "field": "model"}, "field"),
    ("/metrics", {"metrics": "happiness"}, "metrics"),
    ("/metrics", {"interval": "1s"}, "interval"),
    ("/metrics", {"interval": "soon"}, "interval"),
    ("/search", {"q": ""}, "q"),
]


@pytest.mark.parametrize(("address", "parameters", "field"), WRONG, ids=str)
async def test_a_wrong_value_is_refused_with_its_place_and_a_hint(server, address, parameters, field):
    error = await server.refusal(address, **parameters)
    assert error["field"] == field
    assert error["message"]
    assert error["hint"]


async def test_an_answer_is_not_sent_again_until_something_changed(server):
    first = await server.client.get("/api/v1/users")
    etag = first.headers["etag"]
    again = await server.client.get("/api/v1/users", headers={"if-none-match": etag})
    if again.status_code == 200:  # a minute began between the two
        again = await server.client.get("/api/v1/users", headers={"if-none-match": again.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    score = {"name": "tag", "label": "up", "user_id": "etag-user"}
    assert (await server.client.post("/api/v1/scores", json=score)).status_code == 202
    await server.settled()
    changed = await server.client.get("/api/v1/users", headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_the_answer_says_where_the_time_went(server):
    timing = (await server.client.get("/api/v1/users")).headers["server-timing"]
    assert "list_users;dur=" in timing
    assert "total;dur=" in timing


async def test_a_server_without_built_pages_says_so_and_serves_the_api(server, monkeypatch, tmp_path):
    monkeypatch.setattr("baserun_server.api.http.pages.STATIC", tmp_path)
    answer = await server.client.get("/")
    assert answer.status_code == 200
    assert "not part of this build" in answer.text


async def test_pages_are_asked_for_anew_and_their_files_kept_for_ever(server, monkeypatch, tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Baserun</title>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("export {}")
    (tmp_path.parent / "secret.txt").write_text("hidden words")
    monkeypatch.setattr("baserun_server.api.http.pages.STATIC", tmp_path)
    for address in ("/", "/users", "/sessions/a%2Fb?turn=3"):
        page = await server.client.get(address)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert page.headers["content-type"].startswith("text/html")
    script = await server.client.get("/assets/app-1a2b.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await server.client.get("/assets/app-0000.js")).status_code == 404
    for address in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"):
        assert "hidden words" not in (await server.client.get(address)).text


async def test_the_description_names_every_address_and_the_form_of_errors():
    document = describe()
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        assert operation["description"]
        assert operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"].endswith(
            "ErrorAnswer"
        )
        assert "422" not in operation["responses"]


HOSTILE = ["'; DROP TABLE spans; --", '{x:String} \\" ${where}', "🦆\u202e') OR 1=1 /*"]
NEEDED = {"for": "sessions", "field": "model", "q": "x"}
READS = [
    (path, [given["name"] for given in operation.get("parameters", []) if given["in"] == "query"])
    for path, methods in describe()["paths"].items()
    if path.startswith("/api/") and (operation := methods.get("get"))
]


@pytest.mark.parametrize(("path", "parameters"), READS, ids=str)
async def test_a_hostile_value_in_any_parameter_is_only_a_value(server, path, parameters):
    needed = {name: value for name, value in NEEDED.items() if name in parameters}
    for value in HOSTILE:
        address = re.sub(r"\{\w+\}", quote(value, safe=""), path)
        for parameter in parameters or [""]:
            given = {**needed, parameter: value} if parameter else {}
            answer = await server.client.get(address, params=given)
            assert answer.status_code in (200, 400, 404), (address, given, answer.text)
    assert (await server.client.get("/api/v1/traces")).status_code == 200  # and every table is still there


@pytest.mark.parametrize("list_", FIELDS)
async def test_a_hostile_value_of_any_field_of_a_filter_is_only_a_value(server, list_):
    names = [field.name for field in FIELDS[list_]] + [f"{name}.key" for name in (*FREE_KEYS[list_], "meta", "score")]
    quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in HOSTILE]
    for name in (*names, *(f"score.{key}" for key in quoted)):
        for operator in (":", "~"):
            # One condition holds all of them, each a value of its own in the statement.
            filter_ = name + operator + ",".join(quoted)
            answer = await server.client.get(f"/api/v1/{list_}", params={"filter": filter_})
            assert answer.status_code in (200, 400), (name, operator, answer.text)
            if answer.status_code == 400:
                assert answer.json()["error"]["code"] == "invalid_filter"
            else:
                assert answer.json()["items"] == [], (name, operator)
