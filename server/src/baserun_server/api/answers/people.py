"""One person, several ids: a user is found by any of them, and everything that is theirs by all of them."""

from typing import Any

from .reader import Reader, not_found


async def read_user(ask: Reader, user_id: str) -> dict[str, Any]:
    """The row of a user, by id or by an alias; `NotFound` where there is none."""
    found = await _find_user(ask, user_id, "users_by_id")
    if not found:
        raise not_found("user", user_id)
    return found[0]


async def ids_named(ask: Reader, user_id: str) -> list[str]:
    """Every id of the person who has this one; the id itself where nobody is known by it."""
    found = await _find_user(ask, user_id, "user_ids")
    return ids_of(found[0]) if found else [user_id]


def ids_of(user: dict[str, Any]) -> list[str]:
    """Every id of a user's row: facts stand under the one with which they came."""
    return [user["user_id"], *user["aliases"]]


async def _find_user(ask: Reader, user_id: str, statement: str) -> list[dict[str, Any]]:
    found = await ask.rows(statement, {"ids": [user_id]})
    if not found:
        known_as = await ask.rows("user_by_alias", {"alias": user_id})
        found = await ask.rows(statement, {"ids": [row["id"] for row in known_as]}) if known_as else []
    return found
