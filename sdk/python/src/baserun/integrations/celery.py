"""Celery: a task belongs to the session, user and trace of the code that sent it.

    from baserun.integrations import celery
    celery.install()

Call it once where the application is created, in workers and senders alike.
"""

from __future__ import annotations

from typing import Any

from baserun._guard import guarded
from baserun.context._propagation import inject, scope_from_headers
from baserun.context._scope import current

HEADER = "baserun"


def install() -> None:
    """Let session, user and trace travel with every task that is sent. Calling it again is harmless."""
    from celery import signals  # type: ignore[import-not-found]

    signals.before_task_publish.connect(_sent, dispatch_uid="baserun.sent")
    signals.task_prerun.connect(_begins, dispatch_uid="baserun.begins")
    signals.task_postrun.connect(_ended, dispatch_uid="baserun.ended")


def _sent(headers: dict[str, Any] | None = None, **_: Any) -> None:
    with guarded("celery.sent"):
        if headers is not None:
            headers[HEADER] = dict(inject({}))


def _begins(task: Any = None, **_: Any) -> None:
    with guarded("celery.begins"):
        request = task.request
        carried = getattr(request, HEADER, None) or (request.headers or {}).get(HEADER) or {}
        around = current.get()
        request._baserun_before = around
        current.set(scope_from_headers(carried, around))


def _ended(task: Any = None, **_: Any) -> None:
    with guarded("celery.ended"):
        before = getattr(task.request, "_baserun_before", None)
        if before is not None:
            current.set(before)
