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
    in_force = _InForce(block, around)
    step: Callable[..., Any] = inner.send
    argument: Any = None
    try:
        while True:
            with in_force:
                value = step(argument)
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
        in_force.end()
        return stop.value
    except GeneratorExit as error:
        inner.close()
        in_force.end(error)
        raise
    except BaseException as error:
        in_force.end(error)
        raise


async def run_async_generator(
    inner: AsyncGenerator[Any, Any], block: Block, around: Scope, seen: Callable[[Any], None] | None = None
) -> AsyncGenerator[Any, Any]:
    """Drive an async generator with the block in force in each step: `run_generator`, with its steps awaited."""
    in_force = _InForce(block, around)
    step: Callable[..., Any] = inner.asend
    argument: Any = None
    try:
        while True:
            with in_force:
                value = await step(argument)
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
        in_force.end()
    except GeneratorExit as error:
        await inner.aclose()
        in_force.end(error)
        raise
    except BaseException as error:
        in_force.end(error)
        raise


class _InForce:
    """The scope inside a block, put in place for one step of a generator after the other."""

    __slots__ = ("_block", "_inside", "_outside")

    def __init__(self, block: Block, around: Scope) -> None:
        self._block = block
        self._inside = around
        with self:
            block.__enter__()

    def __enter__(self) -> None:
        self._outside = current.get()
        current.set(self._inside)

    def __exit__(self, *_: object) -> None:
        self._inside = current.get()
        current.set(self._outside)

    def end(self, error: BaseException | None = None) -> None:
        """Leave the block."""
        with self:
            self._block.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)
