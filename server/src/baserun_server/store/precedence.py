"""Whose a trace is, where several places name a user: the one order of precedence. Pure.

1. The user to whom the session was assigned through the API.
2. The user whom the application set on a span of the trace.
3. The user whom the application set for the session, or on another trace of it.
4. The provider's own end-user field in the trace.
5. The same field in another trace of the session.

In SQL the order is `sql/fragments/user_of_trace.sql`; a test compares the two in every case.
"""

from typing import TypeVar

T = TypeVar("T")


def by_precedence(
    *, assigned: T, app_of_trace: T, app_of_session: T, provider_of_trace: T, provider_of_session: T
) -> tuple[T, T, T, T, T]:
    """Order what the five places say, the strongest first."""
    return assigned, app_of_trace, app_of_session, provider_of_trace, provider_of_session


def user_of_trace(
    *,
    assigned: str = "",
    app_of_trace: str = "",
    app_of_session: str = "",
    provider_of_trace: str = "",
    provider_of_session: str = "",
) -> str:
    """The user of a trace; the empty string where nobody is named."""
    said = by_precedence(
        assigned=assigned,
        app_of_trace=app_of_trace,
        app_of_session=app_of_session,
        provider_of_trace=provider_of_trace,
        provider_of_session=provider_of_session,
    )
    return next(filter(None, said), "")
