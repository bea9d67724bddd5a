"""Every failure as an answer: one function for our own errors, the framework's, and those that nobody expected.

What the engine or the disk said goes to the server's output, never into an answer: it holds SQL and paths.
"""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ...errors import (
    BadParameter,
    BadRequest,
    BaserunError,
    LogError,
    MethodUnknown,
    NotFound,
    Refused,
    StoreAway,
    StoreLimit,
    StoreUnfit,
)
from ..answers.stored import well_formed
from ..schemas import ErrorAnswer, Fault
from .conditional import NotModified
from .parameters import shorten

logger = logging.getLogger("baserun.api")

FIELD_CHARACTERS = 200
"""Of the name of a parameter or property, which the caller made up where it is unknown."""


def answer_faults(app: FastAPI) -> None:
    """Let the application answer failures in the one form."""
    app.add_exception_handler(BaserunError, _answer_own)
    app.add_exception_handler(NotModified, _answer_not_modified)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)


def fault_body(error: BaserunError) -> dict[str, Any]:
    """An error as the body of an answer: `{"error": {"code": "not_found", "message": …, "hint"?: …}}`."""
    fault = Fault(
        code=error.code,
        message=well_formed(error.message),
        hint=error.hint and well_formed(error.hint),
        field=error.field and well_formed(error.field),
        position=error.position,
    )
    return ErrorAnswer(error=fault).model_dump(exclude_none=True)


def fault_response(error: BaserunError) -> Response:
    """An error as the API answers it."""
    headers = {"cache-control": "no-store"}
    if error.retry_after_s is not None or error.status == 503:
        headers["retry-after"] = str(error.retry_after_s or 1)
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(fault_body(error), error.status, headers)


async def _answer_own(request: Request, error: Exception) -> Response:
    assert isinstance(error, BaserunError)
    if not isinstance(error, Refused):
        logger.warning("%s %r: %s", request.method, shorten(request.url.path), error)
    return fault_response(_told(error))


def _told(error: BaserunError) -> BaserunError:
    """The error as a caller sees it: of the server's own faults only the kind."""
    if isinstance(error, (Refused, LogError)):
        return error
    if isinstance(error, StoreUnfit):
        hint = "see `/openapi.json` for what each address takes"
        return BadParameter("the store cannot compare with a value of this request", hint=hint)
    if isinstance(error, StoreLimit):
        hint = "ask for less: a shorter time, or a narrower filter"
        return StoreLimit("the query took more time or memory than a query may", hint=hint)
    if isinstance(error, StoreAway):
        return StoreAway("the store cannot answer now", hint="it may be starting; the same request will work later")
    return BaserunError("the store could not answer", hint="see the server's output", code=error.code)


async def _answer_not_modified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers={"etag": error.etag, "cache-control": "private, no-cache"})


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where, *path = first["loc"] or ("request",)
    if first["type"] == "json_invalid":
        return fault_response(
            BadRequest("the body is no JSON", hint="send `content-type: application/json`", position=path[0])
        )
    field = shorten(".".join(str(step) for step in path), FIELD_CHARACTERS) or None
    given = first.get("input")
    # What stands in the address may be repeated; what stands in a body is what people wrote.
    shown = f" (`{shorten(str(given))}`)" if where != "body" and isinstance(given, (str, int, float)) else ""
    what = {"query": "parameter", "path": "address", "body": "property"}.get(str(where), str(where))
    subject = f"the {what} `{field}`{shown}" if field else f"the {where}{shown}"
    hint = "see `/openapi.json` for what each address takes"
    return fault_response(BadParameter(f"{subject}: {first['msg']}", hint=hint, field=field))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = shorten(request.url.path)
    if error.status_code == 404:
        return fault_response(NotFound(f"there is nothing at `{path}`", hint="see `/openapi.json`"))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return fault_response(MethodUnknown(f"`{path}` cannot be asked by {request.method}", hint=f"use {allowed}"))
    return fault_response(BadRequest("the body cannot be read", hint="send JSON with `content-type: application/json`"))


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    logger.error("%s %r failed", request.method, shorten(request.url.path), exc_info=error)
    return fault_response(BaserunError("the server failed to answer", hint="see the server's output"))
