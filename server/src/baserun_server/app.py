"""The front: every address that the server answers, as one list, and the application that serves it.

    app = create_app(Settings())          # what `baserun serve` runs

Starting it takes the data folder, opens the write-ahead log, and starts the engine and the worker; stopping it lets go
of them in the reverse order.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import orjson
from fastapi import Depends, FastAPI, Request, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route as PlainRoute

from . import __version__
from .api import (
    dead_letters,
    erasures,
    fields,
    health,
    journey,
    metrics,
    schemas,
    scores,
    search,
    sessions,
    traces,
    users,
)
from .api.auth import Keys
from .api.collector.otlp_grpc import STOP_SECONDS, serve_grpc
from .api.collector.otlp_http import otlp_routes
from .api.http import pages
from .api.http.bounds import Bounds
from .api.http.conditional import answer_if_changed
from .api.http.faults import answer_faults
from .api.http.parameters import check_query
from .api.http.shell import Encoded, Gate, Headers, StopWhenGone
from .api.lists.quarters import Quarters
from .ingest.log.writing import Log
from .ingest.redaction.redact import before_log
from .processes.supervisor import Supervisor
from .settings import Settings
from .store.clickhouse import ClickHouseStore


class Route(NamedTuple):
    """An address and the function that answers it; the function's signature is its contract."""

    method: str
    path: str
    answer: Callable[..., Any]
    status: int = 200
    versioned: bool = True
    """False for a GET whose answer changes without the project's data."""


ROUTES = (
    Route("GET", "/healthz", health.get_alive),
    Route("GET", "/readyz", health.get_ready),
    Route("GET", "/api/v1/me", health.get_me),
    Route("GET", "/api/v1/users", users.find_users),
    Route("GET", "/api/v1/users/{user_id}", users.get_user),
    Route("PATCH", "/api/v1/users/{user_id}", users.change_user, 202),
    Route("DELETE", "/api/v1/users/{user_id}", erasures.erase_user),
    Route("GET", "/api/v1/erasures", erasures.find_erasures),
    Route("GET", "/api/v1/erasures/{erasure_id}", erasures.get_erasure),
    Route("DELETE", "/api/v1/erasures/{erasure_id}", erasures.lift_erasure),
    Route("GET", "/api/v1/users/{user_id}/sessions", users.find_sessions_of_user),
    Route("GET", "/api/v1/users/{user_id}/journey", journey.get_journey),
    Route("GET", "/api/v1/sessions", sessions.find_sessions),
    Route("GET", "/api/v1/sessions/{session_id}", sessions.get_session),
    Route("PATCH", "/api/v1/sessions/{session_id}", sessions.change_session, 202),
    Route("GET", "/api/v1/sessions/{session_id}/turns", sessions.get_turns),
    Route("GET", "/api/v1/sessions/{session_id}/search", search.search_session),
    Route("GET", "/api/v1/traces", traces.find_traces),
    Route("GET", "/api/v1/traces/{trace_id}", traces.get_trace),
    Route("GET", "/api/v1/traces/{trace_id}/spans/{span_id}", traces.get_span),
    Route("GET", "/api/v1/scores", scores.find_scores),
    Route("POST", "/api/v1/scores", scores.add_score, 202),
    Route("GET", "/api/v1/dead-letters", dead_letters.find_dead_letters, versioned=False),
    Route("GET", "/api/v1/search", search.search),
    Route("GET", "/api/v1/fields", fields.get_fields),
    Route("GET", "/api/v1/facets", fields.get_facets),
    Route("GET", "/api/v1/histogram", fields.get_histogram),
    Route("GET", "/api/v1/metrics", metrics.get_metrics),
)
"""Besides these: OTLP at `/v1/traces`, `/v1/logs` and others' paths (`api/collector/`); everywhere else, the pages."""

GZIP_FROM_BYTES = 2_048
GZIP_LEVEL = 4
"""A megabyte of JSON in about 12 ms, a tenth larger than the best level in five times that."""


def create_app(settings: Settings, supervisor: Supervisor | None = None) -> FastAPI:
    """The application with everything behind it; its lifespan starts and stops the rest of the server.

    A `supervisor` that is given may have been started already; it is stopped with the application all the same.
    """
    supervisor = supervisor or Supervisor(settings)
    log = Log(
        settings.log_dir,
        durability=settings.log_durability,
        segment_bytes=settings.log_segment_bytes,
        limit_bytes=settings.log_limit_bytes,
        clean=before_log(settings),
    )

    keys = Keys(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(log.close)
            rolling = asyncio.create_task(log.roll_when_asked())
            stack.callback(rolling.cancel)
            await supervisor.start()
            stack.push_async_callback(supervisor.stop)
            stack.push_async_callback(app.state.store.close)
            stack.push_async_callback(app.state.quarters.close)
            if settings.grpc_port not in ("auto", "off"):
                grpc = await serve_grpc(settings.grpc_address, log, settings, keys)
                stack.push_async_callback(grpc.stop, STOP_SECONDS)
            yield

    app = make_bare_app(lifespan)
    app.state.settings = settings
    app.state.log = log
    app.state.supervisor = supervisor
    app.state.store = ClickHouseStore.of(settings)
    app.state.strips = {}
    app.state.quarters = Quarters(app.state.store)
    # First, because most requests are these, and each address that is tried before costs them some time.
    app.router.routes[:0] = otlp_routes(log, settings, keys)
    app.router.routes.append(PlainRoute("/openapi.json", _answer_description(app), methods=["GET", "HEAD"]))
    app.router.routes.append(PlainRoute("/{path:path}", pages.get_page, methods=["GET", "HEAD"]))
    app.add_middleware(StopWhenGone)
    app.add_middleware(Encoded)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=GZIP_LEVEL)
    app.add_middleware(Bounds)
    app.add_middleware(Gate, settings=settings, keys=keys)
    app.add_middleware(Headers)
    return app


def _answer_description(app: FastAPI) -> Callable[[Request], Awaitable[Response]]:
    """Answers with the OpenAPI document, written once: nobody needs a key for it, so it must cost next to nothing."""
    written, writing = b"", asyncio.Lock()

    async def answer(request: Request) -> Response:
        nonlocal written
        async with writing:
            # Describing takes a second, which nobody else shall wait for.
            written = written or await asyncio.to_thread(lambda: orjson.dumps(app.openapi()))
        return Response(written, media_type="application/json")

    return answer


def make_bare_app(lifespan: Any = None) -> FastAPI:
    """The API's routes and error answers, without anything behind them."""
    app = FastAPI(
        title="Baserun",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    for route in ROUTES:
        reads = route.method == "GET" and route.path.startswith("/api/") and route.versioned
        app.add_api_route(
            route.path,
            route.answer,
            methods=[route.method],
            status_code=route.status,
            operation_id=route.answer.__name__,
            dependencies=[Depends(check_query), *([Depends(answer_if_changed)] if reads else [])],
            responses={"default": {"model": schemas.ErrorAnswer, "description": "What went wrong"}},
        )
    answer_faults(app)
    return app


def describe() -> dict[str, Any]:
    """The OpenAPI document."""
    return make_bare_app().openapi()
