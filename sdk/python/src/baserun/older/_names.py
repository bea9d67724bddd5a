"""Older names of calls that go by another name now."""

from __future__ import annotations

from typing import Any

from baserun._init import flush
from baserun.recording._notes import Tag, variable
from baserun.recording._users import identify


def finish(timeout: float = 2.0) -> bool:
    """Send everything recorded until now: the older name of `flush`."""
    return flush(timeout)


def submit_user(identifier: Any) -> None:
    """Register a user, with no session: the older name of `identify`."""
    identify(identifier)


async def asubmit_user(identifier: Any) -> None:
    """Register a user; the awaitable twin of `submit_user`."""
    identify(identifier)


def submit_input_variable(
    key: str,
    value: Any = None,
    label: str | None = None,
    test_case_id: str | None = None,
    template: Any = None,
    template_id: str | None = None,
) -> Tag:
    """Note a prompt variable; the older name of `variable`."""
    told = {"label": label, "test_case_id": test_case_id, "template_id": template_id, "template": template}
    return variable(key, value, metadata={key: value for key, value in told.items() if value is not None})
