"""Which rows of a page were active in a window that is over: looked up by key, for those alone that leave it open."""

from collections.abc import Sequence
from typing import Any

from .people import ids_of
from .reader import Reader

_SPANS = {"users": ("first_seen_us", "last_seen_us"), "sessions": ("started_us", "last_activity_us")}


async def active_in(
    ask: Reader, list_name: str, from_us: int, to_us: int, found: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Those of these users or sessions, all of which begin before the end of the window and end after its begin."""
    begin, end = _SPANS[list_name]
    open_ = [row for row in found if row[begin] < from_us and row[end] > to_us]
    if not open_:
        return list(found)
    if list_name == "users":
        owners = {id_: row["id"] for row in open_ for id_ in ids_of(row)}
        id_name, where, parameters = "user_id", "user_id IN {ids:Array(String)}", {"ids": list(owners)}
    else:
        owners = {row["id"]: row["id"] for row in open_}
        places = [(user, row["id"]) for row in open_ for user in (*row["users"], "")]
        id_name, where = "session_id", "(user_id, session_id) IN {places:Array(Tuple(String, String))}"
        parameters = {"places": places}
    bounds = {"from_us": from_us, "to_us": to_us}
    active = await ask.rows("active_in_window", {**parameters, **bounds}, id=id_name, where=where)
    outside = {row["id"] for row in open_} - {owners[row["id"]] for row in active}
    return [row for row in found if row["id"] not in outside]
