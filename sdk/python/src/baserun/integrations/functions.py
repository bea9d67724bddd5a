"""Plain functions: handlers of queues, of bots, of serverless events.

@identified_by(user="event.user_id", session=lambda event: event["chat"]["id"])
def handle(event): ...
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from baserun._guard import report
from baserun.context._generators import NO_BLOCK, run_async_generator, run_generator
from baserun.context._scope import Scope, current, restored
from baserun.integrations._incoming import identified

F = TypeVar("F", bound=Callable[..., Any])
Source = str | Callable[..., Any] | None


def identified_by(user: Source = None, session: Source = None) -> Callable[[F], F]:
    """Let each call of a function belong to the user and session that its arguments name.

    A source is the name of a parameter, a dotted path into one (`event.user.id`: attributes and keys), or a function
    that is given the same arguments.
    """

    def decorate(function: F) -> F:
        signature = inspect.signature(function)

        def scope(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Scope:
            return identified(
                current.get(), _find(user, signature, args, kwargs), _find(session, signature, args, kwargs)
            )

        if inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            def stream_async(*args: Any, **kwargs: Any) -> Any:
                return run_async_generator(function(*args, **kwargs), NO_BLOCK, scope(args, kwargs))

            return stream_async  # type: ignore[return-value]
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def stream(*args: Any, **kwargs: Any) -> Any:
                return run_generator(function(*args, **kwargs), NO_BLOCK, scope(args, kwargs))

            return stream  # type: ignore[return-value]
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                with restored(scope(args, kwargs)):
                    return await function(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with restored(scope(args, kwargs)):
                return function(*args, **kwargs)

        return run  # type: ignore[return-value]

    return decorate


def _find(source: Source, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if source is None:
        return None
    try:
        if callable(source):
            return source(*args, **kwargs)
        first, *rest = source.split(".")
        value = signature.bind(*args, **kwargs).arguments.get(first)
        for step in rest:
            value = value.get(step) if isinstance(value, dict) else getattr(value, step, None)
        return value
    except Exception as error:
        report("the source of a user or session", error)
        return None
