"""Whose an id is, where one person has several: anonymous before, with an account after. Pure.

A user is told to have another id (`identify(alias=…)`, or the API), or no longer to have it. Of what was said of one
user and one alias the latest counts; of several users who have the same alias the one of whom it was said last. Links
lead on from alias to user; of those that would close a circle the oldest does not count. The facts stay under the ids
with which they came, so that a link that is taken back leaves everything as it was.
"""

from collections.abc import Iterable

import msgspec


class Link(msgspec.Struct):
    """A statement that an alias is a user's, or no longer is."""

    user_id: str
    alias: str
    at_us: int
    event_id: str
    unlinks: int
    confirmed: int = 0
    """1: said through the API."""

    @property
    def order(self) -> tuple[int, str, str, str]:
        """By time, and always the same where times are equal."""
        return (self.at_us, self.event_id, self.user_id, self.alias)


def owners_of(links: Iterable[Link]) -> dict[str, str]:
    """The user by each alias; ids that are nobody's alias are left out."""
    last: dict[tuple[str, str], Link] = {}
    for link in sorted(links, key=lambda link: link.order):
        last[link.user_id, link.alias] = link
    claims: dict[str, Link] = {}
    for link in sorted(last.values(), key=lambda link: link.order):
        if not link.unlinks:
            claims[link.alias] = link
    leads_to: dict[str, str] = {}
    for link in sorted(claims.values(), key=lambda link: link.order, reverse=True):
        if _end(leads_to, link.user_id) != link.alias:
            leads_to[link.alias] = link.user_id
    return {alias: _end(leads_to, alias) for alias in leads_to}


def ids_of_person(links: Iterable[Link], id_: str) -> set[str]:
    """The id with every other one of the same person, as these links tell it."""
    owners = owners_of(links)
    owner = owners.get(id_, id_)
    return {id_, owner, *(alias for alias, other in owners.items() if other == owner)}


def _end(leads_to: dict[str, str], id_: str) -> str:
    while id_ in leads_to:
        id_ = leads_to[id_]
    return id_
