"""Names of users, from their traits, for lists of sessions or traces."""

from collections.abc import Iterable

from .reader import Reader
from .stored import load_each

NAMING_TRAITS = ("name", "full_name", "email")
"""Traits that read as a name, the best one first."""


async def names_of(ask: Reader, user_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by user id; users without one are left out."""
    ids = sorted({user_id for user_id in user_ids if user_id})
    if not ids:
        return {}
    traits_of = await ask.rows("user_traits", {"ids": ids})
    # Who has a row is nobody's alias, so that in most cases no alias is looked for.
    if aliases := sorted({*ids} - {row["user_id"] for row in traits_of}):
        traits_of += await ask.rows("user_traits_by_alias", {"ids": aliases})
    found = {}
    for row in traits_of:
        traits = load_each(row["traits"])
        texts = [traits.get(trait) for trait in NAMING_TRAITS]
        name = next((text for text in texts if isinstance(text, str) and text.strip()), None)
        if name is not None:
            found[row["user_id"]] = name
    return found
