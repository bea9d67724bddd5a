"""The decorator `@trace`: each call of a function is a trace, or a step of the trace that it is called in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, overload

from baserun._config import is_recording, state
from baserun._guard import report
from baserun.context._generators import run_async_generator, run_generator
from baserun.context._scope import current
from baserun.errors import InvalidArgument
from baserun.recording._content import MAX_ITEMS, snapshot
from baserun.recording._trace import KINDS, Yielded, start_trace

F = TypeVar("F", bound=Callable[..., Any])


@overload
def trace(
    function: F,
    /,
    name: str | None = None,
    metadata: dict[str, Any] | None = None,
    *,
    kind: str = "chain",
    capture: bool = True,
) -> F: ...
@overload
def trace(
    *, name: str | None = None, metadata: dict[str, Any] | None = None, kind: str = "chain", capture: bool = True
) -> Callable[[F], F]: ...
@overload
def trace(
    name: str, /, *, metadata: dict[str, Any] | None = None, kind: str = "chain", capture: bool = True
) -> Callable[[F], F]: ...
def trace(
    function: Any = None,
    name: str | None = None,
    metadata: dict[str, Any] | None = None,
    *,
    kind: str = "chain",
    capture: bool = True,
) -> Any:
    """Record each call of a function as a trace, or as a step of the trace that it is called in.

    `@trace`, `@trace(name="answer")`, `@trace("answer")` and `trace(function, name="answer")` all work, for functions,
    coroutines, generators, async generators and methods. Arguments and result are kept as they were at the call
    (`capture=False` leaves them out); an exception is recorded and goes on. A generator's trace lasts until the
    generator is exhausted or closed, and its values are its result.
    """
    if isinstance(function, str):
        function, name = None, function
    if function is None:
        return functools.partial(trace, name=name, metadata=metadata, kind=kind, capture=capture)
    if isinstance(function, (staticmethod, classmethod)):
        undecorated: Any = function.__func__
        inner = trace(undecorated, name=name, metadata=metadata, kind=kind, capture=capture)
        return type(function)(inner)
    if kind not in KINDS:
        raise InvalidArgument(f"`kind` is `{kind}`\n\nhint: give one of {', '.join(f'`{known}`' for known in KINDS)}")

    chosen_name = name or getattr(function, "__name__", type(function).__name__)
    parameter_names = _parameter_names(function)

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> start_trace:
        block = start_trace(chosen_name, kind=kind, metadata=metadata)
        if capture and state.settings.capture_content and is_recording():
            try:
                block.inputs = _inputs(parameter_names, args, kwargs)
            except Exception as error:
                report("trace.inputs", error)
        return block

    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        def stream_async(*args: Any, **kwargs: Any) -> Any:
            block = begin(args, kwargs)
            return run_async_generator(function(*args, **kwargs), block, current.get(), _gatherer(block, capture))

        return stream_async
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stream(*args: Any, **kwargs: Any) -> Any:
            block = begin(args, kwargs)
            return run_generator(function(*args, **kwargs), block, current.get(), _gatherer(block, capture))

        return stream
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with begin(args, kwargs) as running:
                result = await function(*args, **kwargs)
                if capture and running.result is None:
                    running._result = result
                return result

        return run_async

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with begin(args, kwargs) as running:
            result = function(*args, **kwargs)
            if capture and running.result is None:
                running._result = result
            return result

    return run


def _gatherer(block: start_trace, capture: bool) -> Callable[[Any], None] | None:
    """Return what gathers a generator's values as its result."""
    if not capture:
        return None

    def seen(value: Any) -> None:
        running = block.trace
        if running is None:
            return
        if running._result is None:
            running._result = Yielded()
        if type(running._result) is Yielded and len(running._result) < MAX_ITEMS:
            running._result.append(snapshot(value))

    return seen


def _parameter_names(function: Any) -> tuple[str, ...]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return ()
    return tuple(code.co_varnames[: code.co_argcount])


def _inputs(parameter_names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for position, value in enumerate(args):
        name = parameter_names[position] if position < len(parameter_names) else f"args[{position}]"
        if position == 0 and name in ("self", "cls"):
            continue
        inputs[name] = snapshot(value)
    for name, value in kwargs.items():
        inputs[name] = snapshot(value)
    return inputs
