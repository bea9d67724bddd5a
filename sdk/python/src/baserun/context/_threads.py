"""Sessions follow the code into threads: those that it starts, and the jobs that it hands to a pool.

Python carries context variables into tasks, not into threads. Only our own one variable is carried, nothing else of the
application's context.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from baserun.context._scope import NOWHERE, Scope, current, restored

F = TypeVar("F", bound=Callable[..., Any])

MARK = "_baserun_original"


def thread_wrapper(target: F) -> F:
    """Wrap the target of a thread so that it runs in the session and trace of the code that wraps it."""
    return _carrying(target, current.get())


def _carrying(function: Any, scope: Scope) -> Any:
    @functools.wraps(function)
    def carried(*args: Any, **kwargs: Any) -> Any:
        with restored(scope):
            return function(*args, **kwargs)

    return carried


def install() -> None:
    """Let threads and the jobs of thread pools inherit the scope of the code that starts them."""
    if hasattr(threading.Thread.start, MARK):
        return
    start = threading.Thread.start
    run_bootstrap = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]
    submit = ThreadPoolExecutor.submit

    @functools.wraps(start)
    def start_carrying(self: threading.Thread) -> None:
        scope = current.get()
        if scope is not NOWHERE:
            self._baserun_scope = scope  # type: ignore[attr-defined]
        start(self)

    @functools.wraps(run_bootstrap)
    def bootstrap_carrying(self: threading.Thread) -> None:
        # Around `run` and not in place of it: subclasses have their own.
        scope = self.__dict__.pop("_baserun_scope", None)
        if scope is not None:
            current.set(scope)
        run_bootstrap(self)

    @functools.wraps(submit)
    def submit_carrying(self: ThreadPoolExecutor, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        # Also where there is no session: the pool's thread may have been started inside somebody's.
        return submit(self, _Job(fn, current.get()), *args, **kwargs)

    setattr(start_carrying, MARK, start)
    threading.Thread.start = start_carrying  # type: ignore[method-assign]
    threading.Thread._bootstrap_inner = bootstrap_carrying  # type: ignore[attr-defined]
    ThreadPoolExecutor.submit = submit_carrying  # type: ignore[method-assign]


class _Job:
    """A function with the scope that it is to run in."""

    __slots__ = ("function", "scope")

    def __init__(self, function: Any, scope: Scope) -> None:
        self.function = function
        self.scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        before = current.get()
        current.set(self.scope)
        try:
            return self.function(*args, **kwargs)
        finally:
            current.set(before)
