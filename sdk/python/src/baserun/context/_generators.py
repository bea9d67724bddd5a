"""Generators that run inside a block of ours: the block is in force only while the generator itself runs.

A context variable that a generator sets would otherwise hold for whoever consumes it, between two of its values.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, Protocol

from baserun.context._scope import Scope, current


class Block(Protocol):
    """A block that can be entered and left."""

    def __enter__(self) -> Any: ...

    def __exit__(self, kind: Any, error: Any, traceback: Any, /) -> Any: ...


class _NoBlock:
    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: Any, traceback: Any, /) -> None: ...


NO_BLOCK = _NoBlock()
"""For generators that only need their scope."""


def run_generator(
    inner: Generator[Any, Any, Any], block: Block, around: Scope, seen: Callable[[Any], None] | None = None
) -> Generator[Any, Any, Any]:
    """Drive a generator with the block in force in each step; it may be consumed in any thread, and left at any step.

    `around` is the scope in which the generator was called: that counts, wherever it is consumed. `seen` is shown each
    value.
    """
    outside = current.get()
    current.set(around)
    block.__enter__()
    inside = current.get()
    current.set(outside)
    step: Callable[..., Any] = inner.send
    argument: Any = None
    try:
        while True:
            outside = current.get()
            current.set(inside)
            try:
                value = step(argument)
            finally:
                inside = current.get()
                current.set(outside)
            if seen is not None:
                seen(value)
            try:
                argument = yield value
                step = inner.send
            except GeneratorExit:
                raise
            except BaseException as error:
                argument, step = error, inner.throw
    except StopIteration as stop:
        _finish(block, inside, None)
        return stop.value
    except GeneratorExit as error:
        inner.close()
        _finish(block, inside, error)
        raise
    except BaseException as error:
        _finish(block, inside, error)
        raise


async def run_async_generator(
    inner: AsyncGenerator[Any, Any], block: Block, around: Scope, seen: Callable[[Any], None] | None = None
) -> AsyncGenerator[Any, Any]:
    """Drive an async generator with the block in force in each step."""
    outside = current.get()
    current.set(around)
    block.__enter__()
    inside = current.get()
    current.set(outside)
    step: Callable[..., Any] = inner.asend
    argument: Any = None
    try:
        while True:
            outside = current.get()
            current.set(inside)
            try:
                value = await step(argument)
            finally:
                inside = current.get()
                current.set(outside)
            if seen is not None:
                seen(value)
            try:
                argument = yield value
                step = inner.asend
            except GeneratorExit:
                raise
            except BaseException as error:
                argument, step = error, inner.athrow
    except StopAsyncIteration:
        _finish(block, inside, None)
    except GeneratorExit as error:
        await inner.aclose()
        _finish(block, inside, error)
        raise
    except BaseException as error:
        _finish(block, inside, error)
        raise


def _finish(block: Block, inside: Any, error: BaseException | None) -> None:
    outside = current.get()
    current.set(inside)
    try:
        block.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)
    finally:
        current.set(outside)
