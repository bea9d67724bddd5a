"""Users: what is known of them besides their id."""

from __future__ import annotations

from typing import Any

from baserun._config import record, state
from baserun._guard import guarded
from baserun.context._identity import clean_id, clean_user, original_of
from baserun.context._scope import Scope, current
from baserun.recording import _attributes as names
from baserun.recording._content import metadata_attributes
from baserun.recording._span import LogRecord


def identify(user_identifier: Any = None, traits: dict[str, Any] | None = None, *, alias: Any = None) -> None:
    """Tell what is known of a user: `identify("u-1", {"plan": "pro"})`; later values of a trait replace earlier ones.

    Without an id it is the user of the session that holds now. `alias` is another id of the same person, such as the
    anonymous one from before they signed in: there is one user with the numbers of both, found under either.
    """
    with guarded("identify"):
        hash_users = state.settings.hash_users
        user_id = clean_user(user_identifier, hash_users) or current.get().user_id
        if user_id is None:
            return
        attributes: dict[str, Any] = metadata_attributes(traits, names.TRAIT)
        other = clean_user(alias, hash_users)
        if other is not None:
            attributes[names.USER_ALIAS] = other
        original = None if hash_users else original_of(user_identifier, clean_id(user_identifier, "user"))
        if original:
            attributes[names.ID_ORIGINAL] = original
        record(LogRecord("baserun.user.identify", attributes, Scope(current_session_of(user_id), user_id)))


def current_session_of(user_id: str) -> str | None:
    """Return the session that holds now, if it is this user's."""
    scope = current.get()
    return scope.session_id if scope.user_id == user_id else None
