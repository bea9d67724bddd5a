"""Which rows of a page were active in a window that is over, and their numbers inside it.

Whoever did something on the days of the window was; the others, few as they are, are looked up by key: something that
they began before may have lasted until then.
"""

from collections.abc import Sequence
from typing import Any

from .. import schemas
from ..answers.people import ids_of
from ..answers.reader import Reader
from . import windows
from .windows import Window

_SPANS = {"users": ("first_seen_us", "last_seen_us"), "sessions": ("started_us", "last_activity_us")}


async def active_in(
    ask: Reader, list_name: str, window: Window, found: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, schemas.Numbers]]:
    """Those of these users or sessions, all of which begin before the end of the window and end after its begin; and
    the numbers of their inside, by id."""
    assert window.from_us is not None
    assert window.to_us is not None
    inside = await windows.OF[list_name](ask, window, found)
    begin, end = _SPANS[list_name]
    around = [row for row in found if row[begin] < window.from_us and row[end] > window.to_us]
    open_ = [row for row in around if row["id"] in inside.silent]
    if not open_:
        return list(found), inside.numbers
    if list_name == "users":
        owners = {id_: row["id"] for row in open_ for id_ in ids_of(row)}
        id_name, where, parameters = "user_id", "user_id IN {ids:Array(String)}", {"ids": list(owners)}
    else:
        owners = {row["id"]: row["id"] for row in open_}
        places = [(user, row["id"]) for row in open_ for user in (*row["users"], "")]
        id_name, where = "session_id", "(user_id, session_id) IN {places:Array(Tuple(String, String))}"
        parameters = {"places": places}
    bounds = {"from_us": window.from_us, "to_us": window.to_us}
    active = await ask.rows("active_in_window", {**parameters, **bounds}, id=id_name, where=where)
    outside = {row["id"] for row in open_} - {owners[row["id"]] for row in active}
    return [row for row in found if row["id"] not in outside], inside.numbers
