"""The front: every address that the server answers, as one list, and the application that serves it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import FastAPI

from . import __version__
from .api import fields, health, metrics, schemas, scores, search, sessions, traces, users


class Route(NamedTuple):
    """An address and the function that answers it; the function's signature is its contract."""

    method: str
    path: str
    answer: Callable[..., Any]
    status: int = 200


ROUTES = (
    Route("GET", "/healthz", health.get_alive),
    Route("GET", "/readyz", health.get_ready),
    Route("GET", "/api/v1/me", health.get_me),
    Route("GET", "/api/v1/users", users.find_users),
    Route("GET", "/api/v1/users/{user_id}", users.get_user),
    Route("GET", "/api/v1/users/{user_id}/sessions", users.find_sessions_of_user),
    Route("GET", "/api/v1/users/{user_id}/journey", users.get_journey),
    Route("GET", "/api/v1/sessions", sessions.find_sessions),
    Route("GET", "/api/v1/sessions/{session_id}", sessions.get_session),
    Route("PATCH", "/api/v1/sessions/{session_id}", sessions.change_session, 202),
    Route("GET", "/api/v1/sessions/{session_id}/turns", sessions.get_turns),
    Route("GET", "/api/v1/traces", traces.find_traces),
    Route("GET", "/api/v1/traces/{trace_id}", traces.get_trace),
    Route("GET", "/api/v1/traces/{trace_id}/spans/{span_id}", traces.get_span),
    Route("GET", "/api/v1/scores", scores.find_scores),
    Route("POST", "/api/v1/scores", scores.add_score, 202),
    Route("GET", "/api/v1/search", search.search),
    Route("GET", "/api/v1/fields", fields.get_fields),
    Route("GET", "/api/v1/facets", fields.get_facets),
    Route("GET", "/api/v1/histogram", fields.get_histogram),
    Route("GET", "/api/v1/metrics", metrics.get_metrics),
)


def add_routes(app: FastAPI) -> None:
    """Let the application answer every address of the table."""
    for route in ROUTES:
        app.add_api_route(
            route.path,
            route.answer,
            methods=[route.method],
            status_code=route.status,
            operation_id=route.answer.__name__,
            responses={"default": {"model": schemas.ErrorAnswer, "description": "What went wrong"}},
        )


def make_bare_app() -> FastAPI:
    """The application without anything behind it."""
    app = FastAPI(title="Baserun", version=__version__, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    add_routes(app)
    return app


def describe() -> dict[str, Any]:
    """The OpenAPI document."""
    return make_bare_app().openapi()
