"""Bodies at the addresses of the API: bounded in size and depth before anything reads them."""

import orjson
import pytest

from baserun_server import limits
from baserun_server.api.http.bounds import is_deeper
from baserun_server.app import ROUTES

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(16)]

WRITING = [(route.method, route.path.replace("{", "").replace("}", "")) for route in ROUTES if route.method != "GET"]
JSON = {"content-type": "application/json"}


async def pieces(size_bytes: int):
    for _ in range(size_bytes // 65_536 + 1):
        yield b"a" * 65_536


@pytest.mark.parametrize(("method", "path"), WRITING, ids=str)
async def test_a_body_beyond_the_limit_is_refused_whether_its_length_is_announced_or_not(server, method, path):
    for content in (b"a" * (limits.API_BODY_BYTES + 1), pieces(limits.API_BODY_BYTES)):
        answer = await server.client.request(method, path, content=content, headers=JSON)
        assert answer.status_code == 413
        assert f"`{limits.API_BODY_BYTES}` bytes" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("method", "path"), WRITING, ids=str)
@pytest.mark.parametrize("levels", [65, 1_100, 200_000])
@pytest.mark.parametrize("pair", [b"[]", b'{"a":}'], ids=["lists", "objects"])
async def test_a_body_that_nests_too_deep_is_refused_before_it_is_read(server, method, path, levels, pair):
    opening, closing = pair[:-1], pair[-1:]
    content = (opening * levels + b"1" + closing * levels)[: limits.API_BODY_BYTES]
    answer = await server.client.request(method, path, content=content, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_deep")


async def test_a_score_within_the_bounds_is_taken(server):
    brackets = "[{" * 100  # within a text they nest nothing
    score = {"name": "depth", "label": brackets, "user_id": "bounds", "metadata": {"a": [[[1]]], 'q"[\\': "]\\"}}
    answer = await server.client.post("/api/v1/scores", json=score)
    assert answer.status_code == 202, answer.text


def nested(levels: int):
    value: object = 1
    for number in range(levels):
        value = [value] if number % 2 else {'[{"\\': value, "]": "}\\"}
    return value


@pytest.mark.parametrize("levels", [1, 63, 64, 65, 66, 200])
async def test_depth_is_counted_outside_of_texts(levels):
    body = orjson.dumps(nested(levels))
    assert is_deeper(body, 64) == (levels > 64)
    assert is_deeper(b'["' + b"[" * 1_000 + b'"]', 64) is False
    assert is_deeper(b"[]," * 100_000, 64) is False
    assert is_deeper(b'"' + b"[" * 1_000, 64) is False, "a text without its end is a text"
