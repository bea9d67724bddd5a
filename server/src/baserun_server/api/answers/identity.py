"""Whose a trace is, with every origin that names a user. `store/precedence.py` says which of them holds. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...store.precedence import by_precedence
from .. import schemas

Row = Mapping[str, Any]


def user_of(trace: Row, session: Row | None) -> str | None:
    """The user that holds for a trace, given the row of its session."""
    origins = _user_origins(trace, session)
    return origins[0].value if origins else None


def identity_of(trace: Row, session: Row | None) -> schemas.Identity:
    """The session and the user of a trace, each with its origin and what it overrode."""
    sessions = [_origin(said) for said in trace["sessions_said"]]
    return schemas.Identity(session=_resolution(sessions), user=_resolution(_user_origins(trace, session)))


def _user_origins(trace: Row, session: Row | None) -> list[schemas.Origin]:
    """Collect everything that names a user, the one that holds first."""
    said = [_origin(said) for said in trace["users_said"]]
    session = session or {}
    by_place = by_precedence(
        assigned=_of_session(session.get("assigned_user"), "assigned"),
        app_of_trace=[origin for origin in said if origin.source == "application"],
        app_of_session=_of_session(session.get("app_user"), "session"),
        provider_of_trace=[origin for origin in said if origin.source == "provider"],
        provider_of_session=_of_session(session.get("provider_user"), "session"),
    )
    return [origin for origins in by_place for origin in origins]


def _of_session(value: str | None, source: str) -> list[schemas.Origin]:
    if not value:
        return []
    return [schemas.Origin.model_validate({"value": value, "source": source, "span_id": None, "attribute": None})]


def _origin(said: Any) -> schemas.Origin:
    value, source, span_id, attribute = said.values() if isinstance(said, Mapping) else said
    return schemas.Origin(value=value, source=source, span_id=span_id or None, attribute=attribute or None)


def _resolution(origins: Sequence[schemas.Origin]) -> schemas.Resolution | None:
    """The first origin; what it overrode is every other value, by its best origin."""
    if not origins:
        return None
    overrode: dict[str, schemas.Origin] = {}
    for origin in origins[1:]:
        if origin.value != origins[0].value:
            overrode.setdefault(origin.value, origin)
    return schemas.Resolution(**origins[0].model_dump(), overrode=list(overrode.values()))
