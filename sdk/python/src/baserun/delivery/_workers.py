"""Worker processes of multiprocessing and billiard: they run no `atexit` functions, so their end is ours to catch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol


class Stoppable(Protocol):
    """What is to be stopped in good order when its process ends."""

    stop: Callable[[], Any]
    """Sends what there is, then stops."""


def stop_with_worker(running: Stoppable) -> None:
    """Stop it when a worker process ends: this one, or one that is forked from it later.

    A worker forgets what was to be done at its end when it begins its work, which may be after our threads have
    started: so it is told both now and then.
    """
    for package, stop_at_end in _STOP_AT_END_OF.items():
        util = sys.modules.get(f"{package}.util")
        if util is not None:
            util.register_after_fork(running, stop_at_end)
            stop_at_end(running)


def _in_multiprocessing(running: Stoppable) -> None:
    _finalize("multiprocessing", running)


def _in_billiard(running: Stoppable) -> None:
    _finalize("billiard", running)


_STOP_AT_END_OF = {"multiprocessing": _in_multiprocessing, "billiard": _in_billiard}


def _finalize(package: str, running: Stoppable) -> None:
    process, util = sys.modules.get(f"{package}.process"), sys.modules.get(f"{package}.util")
    in_worker = process is not None and getattr(process.current_process(), "_parent_pid", None) is not None
    if util is not None and in_worker:
        util.Finalize(None, running.stop, exitpriority=10)
