"""Every failure as an answer: one function for our own errors, the framework's, and those that nobody expected."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ..errors import BadParameter, BadRequest, BaserunError, MethodUnknown, NotFound, Refused
from .conditional import NotModified
from .schemas import ErrorAnswer, Fault

logger = logging.getLogger("baserun.api")


def answer_faults(app: FastAPI) -> None:
    """Let the application answer failures in the one form."""
    app.add_exception_handler(BaserunError, _answer_own)
    app.add_exception_handler(NotModified, _answer_not_modified)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)


def fault_response(error: BaserunError) -> Response:
    """An error as the API answers it."""
    fault = Fault(code=error.code, message=error.message, hint=error.hint, field=error.field, position=error.position)
    headers = {"cache-control": "no-store"}
    if error.retry_after_s is not None or error.status == 503:
        headers["retry-after"] = str(error.retry_after_s or 1)
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    content = ErrorAnswer(error=fault).model_dump(exclude_none=True)
    return JSONResponse(content, error.status, headers)


async def _answer_own(request: Request, error: Exception) -> Response:
    assert isinstance(error, BaserunError)
    if error.status >= 500:
        logger.warning("%s %s: %s", request.method, request.url.path, error)
    if isinstance(error, Refused) or error.status == 503:
        return fault_response(error)
    return fault_response(BaserunError("the store could not answer", hint="see the server's output", code=error.code))


async def _answer_not_modified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers={"etag": error.etag, "cache-control": "private, no-cache"})


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where, *path = first["loc"]
    if first["type"] == "json_invalid":
        return fault_response(
            BadRequest("the body is no JSON", hint="send `content-type: application/json`", position=path[0])
        )
    field = ".".join(str(step) for step in path) or None
    given = first.get("input")
    shown = f" (`{str(given)[:80]}`)" if isinstance(given, (str, int, float)) else ""
    what = {"query": "parameter", "path": "address", "body": "property"}.get(str(where), str(where))
    subject = f"the {what} `{field}`{shown}" if field else f"the {where}{shown}"
    hint = "see `/openapi.json` for what each address takes"
    return fault_response(BadParameter(f"{subject}: {first['msg']}", hint=hint, field=field))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == 404:
        return fault_response(NotFound(f"there is nothing at `{path}`", hint="see `/openapi.json`"))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return fault_response(MethodUnknown(f"`{path}` cannot be asked by {request.method}", hint=f"use {allowed}"))
    return fault_response(BadRequest(str(error.detail)))


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return fault_response(BaserunError("the server failed to answer", hint="see the server's output"))
