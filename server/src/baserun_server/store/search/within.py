"""Which rows of a list have something within them: a score, metadata, words that were said.

These conditions read other tables than the list's own; their SQL is in `sql/conditions`.
"""

from ..statements import render
from .condition import Condition
from .words import Words, said


def said_within(list_: str, words: Words, prefix: str = "w") -> Condition:
    """True for the rows of a list (`users`, `sessions`, `traces`) that have a span in which these words were said."""
    spoken = said(words, prefix)
    spans = render("fragments", "spans_saying", {"said": spoken.sql})
    if list_ == "users":
        sql = by_any_id(_users_of(render("conditions", "traces_saying", {"spans": spans})))
    else:
        sql = render("conditions", f"{list_}_saying", {"spans": spans})
    return Condition(sql, spoken.parameters)


def scored_within(list_: str, score: str) -> str:
    """True for the rows of a list that have a score, on themselves or on what they are made of, where that is true."""
    traces = render("conditions", "traces_scored", {"score": score})
    if list_ == "traces":
        return traces
    if list_ == "sessions":
        return render("conditions", "sessions_scored", {"score": score, "traces": traces})
    return by_any_id(render("conditions", "users_scored", {"score": score, "users_of_traces": _users_of(traces)}))


def metadata_within(metadata: str) -> str:
    """True for users with a session or a trace for whose column `metadata` this is true."""
    parts = {"metadata": f"({metadata})", "users_of_traces": _users_of(f"({metadata})")}
    return by_any_id(render("conditions", "users_with_metadata", parts))


def by_any_id(condition: str) -> str:
    """A condition on `user_id`, true for users for whom it is true under any of their ids."""
    return render("conditions", "by_any_id", {"condition": condition})


def _users_of(traces: str) -> str:
    """True for the users of the traces for which this is true."""
    return render("conditions", "users_of_traces", {"traces": traces})
