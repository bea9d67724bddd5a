"""User and session from what comes in, and on to other services, in each framework's real server-side code."""

import asyncio
import io
import logging
import threading

import pytest

import baserun
from baserun import _config
from baserun.context._scope import NOWHERE, current, restored
from baserun.integrations import asgi, functions, wsgi


def who():
    scope = current.get()
    return f"{scope.user_id} {scope.session_id}"


SOURCES = {"user": "header:X-User", "session": "cookie:chat"}


def asgi_get(app, path="/", headers=(), query=b""):
    sent = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
        "raw_path": path.encode(), "query_string": query, "scheme": "http", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "server": ("test", 80), "client": ("test", 1),
    }  # fmt: skip

    received = []

    async def receive():
        if received:
            await asyncio.Event().wait()
        received.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return b"".join(message.get("body", b"") for message in sent).decode()


def test_fastapi_in_one_line_streams_included():
    from fastapi import FastAPI
    from fastapi.responses import PlainTextResponse, StreamingResponse

    app = FastAPI()
    app.add_middleware(asgi.BaserunMiddleware, **SOURCES)

    @app.get("/coroutine")
    async def coroutine():
        return PlainTextResponse(who())

    @app.get("/thread")
    def thread():
        return PlainTextResponse(who())

    @app.get("/stream")
    def stream():
        def pieces():
            yield who()

        return StreamingResponse(pieces())

    headers = [("x-user", "ada"), ("cookie", "other=1; chat=s-1")]
    for path in ("/coroutine", "/thread", "/stream"):
        assert asgi_get(app, path, headers) == "ada s-1"
        assert asgi_get(app, path) == "None None"
    assert current.get() is NOWHERE


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("path:/chats/{session}", "7 8"),
        ("query:s", "q"),
        (lambda incoming: incoming.raw["path"], "/chats/7%208/turns"),
        (lambda _: 1 / 0, "None"),
    ],
)
def test_where_an_id_may_stand(source, found, monkeypatch):
    from baserun import _guard

    monkeypatch.setattr(_guard, "strict", False)

    async def app(scope, receive, send):
        await send({"type": "http.response.body", "body": str(current.get().session_id).encode()})

    served = asgi.BaserunMiddleware(app, session=source)
    assert asgi_get(served, "/chats/7%208/turns", query=b"s=q") == found


def test_a_source_that_is_none_is_refused_at_once():
    with pytest.raises(baserun.InvalidArgument, match="`headers:x`"):
        asgi.BaserunMiddleware(None, user="headers:x")


def test_flask_in_one_line_streams_included():
    from flask import Flask, Response, stream_with_context

    app = Flask(__name__)
    app.wsgi_app = wsgi.BaserunMiddleware(app.wsgi_app, **SOURCES)

    @app.get("/plain")
    def plain():
        return who()

    @app.get("/stream")
    def stream():
        def pieces():
            yield who()

        return Response(stream_with_context(pieces()))

    client = app.test_client()
    client.set_cookie("chat", "s-1")
    for path in ("/plain", "/stream"):
        assert client.get(path, headers={"X-User": "ada"}).text == "ada s-1"
    assert current.get() is NOWHERE


def test_a_wsgi_answer_consumed_in_another_thread_keeps_its_session():
    def app(environ, start_response):
        start_response("200 OK", [])

        def pieces():
            yield who().encode()
            yield who().encode()

        return pieces()

    served = wsgi.BaserunMiddleware(app, user="header:X-User")
    answer = served({"HTTP_X_USER": "ada", "wsgi.input": io.BytesIO()}, lambda *_: None)
    seen = []
    thread = threading.Thread(target=lambda: seen.extend(answer))
    thread.start()
    thread.join()

    assert seen == [b"ada None", b"ada None"]


@pytest.fixture
def _root_logger_as_it_was():
    """Celery's worker takes the root logger for itself."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


@pytest.fixture(scope="module")
def django_request():
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(BASERUN={"user": "header:X-User", "session": "cookie:chat"}, ALLOWED_HOSTS=["*"])
        django.setup()
    from django.test import RequestFactory

    return RequestFactory().get("/", headers={"X-User": "ada", "Cookie": "chat=s-1"})


def test_django_plain_and_streamed(django_request):
    from django.http import HttpResponse, StreamingHttpResponse

    from baserun.integrations.django import BaserunMiddleware

    assert BaserunMiddleware(lambda _: HttpResponse(who()))(django_request).content == b"ada s-1"
    streamed = BaserunMiddleware(lambda _: StreamingHttpResponse(who() for _ in range(1)))(django_request)
    assert b"".join(streamed.streaming_content) == b"ada s-1"
    assert current.get() is NOWHERE


async def test_django_asynchronous(django_request):
    from django.http import HttpResponse

    from baserun.integrations.django import BaserunMiddleware

    async def view(_):
        return HttpResponse(who())

    assert (await BaserunMiddleware(view)(django_request)).content == b"ada s-1"


@pytest.mark.usefixtures("_root_logger_as_it_was")
def test_a_celery_task_belongs_to_the_session_that_sent_it(captured, tmp_path):
    from celery import Celery
    from celery.contrib.testing.worker import start_worker

    from baserun.integrations import celery

    app = Celery("test", broker="memory://", backend="cache+memory://")
    celery.install()

    @app.task
    def work():
        return who()

    with start_worker(app, perform_ping_check=False, pool="solo"):
        with baserun.with_session("ada", "s-1"):
            inside = work.delay()
        outside = work.delay()
        assert inside.get(timeout=10) == "ada s-1"
        assert outside.get(timeout=10) == "None None"


def test_plain_functions_by_their_arguments():
    @functions.identified_by(user="event.user.id", session=lambda event, **_: event["chat"])
    def handle(event, retries=0):
        return who()

    @functions.identified_by(user="user_id")
    async def handle_async(user_id):
        return who()

    @functions.identified_by(user="user_id")
    def stream(user_id):
        yield who()

    assert handle({"user": {"id": "ada"}, "chat": "s-1"}) == "ada s-1"
    assert asyncio.run(handle_async("bob")) == "bob None"
    assert list(stream("cyd")) == ["cyd None"]


def test_ids_travel_to_another_service_and_back_into_its_session(captured, monkeypatch):
    monkeypatch.setattr(_config.state, "settings", _config.Settings(propagate=True))
    with baserun.with_session("Zoë, the 1st", "s 1"), baserun.start_trace("here") as trace:
        headers = baserun.inject({"Baggage": "theirs=1"})
    assert headers["Baggage"].startswith("theirs=1,session.id=s%201")

    with baserun.from_headers(headers):
        assert who() == "Zoë, the 1st s 1"
        with baserun.start_trace("there"):
            pass
    there = captured.spans[-1]
    assert there["traceId"] == trace.id
    assert there["parentSpanId"] == trace.span_id

    async def app(scope, receive, send):
        await send({"type": "http.response.body", "body": who().encode()})

    assert asgi_get(asgi.BaserunMiddleware(app), headers=headers.items()) == "Zoë, the 1st s 1"


def test_without_asking_nothing_travels_and_nothing_is_believed():
    async def app(scope, receive, send):
        await send({"type": "http.response.body", "body": who().encode()})

    assert asgi_get(asgi.BaserunMiddleware(app), headers=[("baggage", "user.id=mallory")]) == "None None"


def test_requests_to_services_carry_the_ids_and_those_to_providers_do_not(captured, monkeypatch):
    import httpx2
    import requests

    monkeypatch.setattr(_config.state, "settings", _config.Settings(propagate=("internal.example",)))
    seen = []

    def answer(request):
        seen.append((request.url.host, request.headers.get("baggage")))
        return httpx2.Response(200, json={})

    class Adapter(requests.adapters.HTTPAdapter):
        def send(self, request, **_):
            seen.append(("requests", request.headers.get("baggage")))
            response = requests.Response()
            response.status_code, response.raw = 200, io.BytesIO()
            return response

    client = httpx2.Client(transport=httpx2.MockTransport(answer))
    session = requests.Session()
    session.mount("http://", Adapter())
    with baserun.with_session("ada", "s-1"):
        client.get("http://orders.internal.example/")
        client.get("http://elsewhere.example/")
        client.post("http://llm.internal.example/v1/chat/completions", json={"model": "m", "messages": []})
        session.get("http://orders.internal.example/")

    ours = "session.id=s-1,user.id=ada"
    assert seen == [
        ("orders.internal.example", ours),
        ("elsewhere.example", None),
        ("llm.internal.example", None),
        ("requests", ours),
    ]


def test_a_scope_is_put_back_also_after_an_error():
    with pytest.raises(ValueError, match="x"), restored(NOWHERE):
        raise ValueError("x")
    assert current.get() is NOWHERE
