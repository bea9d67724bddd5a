"""Which rows of a list have something within them: a score, metadata, words that were said.

These conditions look into other tables than the list's own. `<…>` stands for SQL of ours that is put in; values are
bound as everywhere.
"""

from .. import statements
from .condition import Condition
from .words import Words, said


def said_in(list_: str, words: Words, prefix: str = "w") -> Condition:
    """True for the rows of a list (`users`, `sessions`, `traces`) that have a span in which these words were said."""
    spoken = said(words, prefix)
    spans = _SPANS.replace("<spoken>", spoken.sql)
    filled = _filled(_SAID[list_], users=_users_of("<traces>"), traces=_SAID["traces"], spans=spans)
    return Condition(by_any_id(filled) if list_ == "users" else filled, spoken.parameters)


def scored(list_: str, score: str) -> str:
    """True for the rows of a list that have a score, on themselves or on what they are made of, where that is true."""
    filled = _filled(_SCORED[list_], users=_users_of("<traces>"), traces=_TRACES_SCORED, alone=_ALONE, score=score)
    return by_any_id(filled) if list_ == "users" else filled


def users_with(metadata: str) -> str:
    """True for users with a session or a trace for whose column `metadata` this is true."""
    of_sessions = "user_id IN (SELECT arrayJoin(users) FROM sessions FINAL WHERE <here> AND <traces>)"
    return by_any_id(_filled(f"{of_sessions} OR <users>", users=_users_of("<traces>"), traces=f"({metadata})"))


def by_any_id(condition: str) -> str:
    """A condition on `user_id`, true for users for whom it is true under any of their ids."""
    return f"({condition}) OR arrayExists(user_id -> ({condition}), aliases)"


def _users_of(traces: str) -> str:
    return statements.render("conditions", "users_of_traces", {"traces": traces})


def _filled(text: str, **parts: str) -> str:
    for name, part in parts.items():
        text = text.replace(f"<{name}>", part)
    return text.replace("<here>", "project_id = {project_id:String}")


_SAID = {
    "users": "<users>",
    # Spans may name no session where others of their trace do.
    "sessions": """
        session_id IN (SELECT session_id FROM <spans>)
        OR session_id IN (SELECT arrayJoin(session_ids) FROM trace_keys WHERE <here> AND trace_id IN (
            SELECT trace_id FROM <spans> WHERE session_id = ''))""",
    "traces": "trace_id IN (SELECT trace_id FROM <spans>)",
}
# Messages may have come apart from their call.
_SPANS = """(
        SELECT trace_id, session_id FROM spans WHERE <here> AND <spoken>
        UNION ALL
        SELECT trace_id, session_id FROM said_apart FINAL WHERE <here> AND <spoken>)"""
# A score names its trace, or a call in it by an id; where no score does that, no call is looked for.
_TRACES_SCORED = """trace_id IN (
        SELECT trace_id FROM scores FINAL WHERE <here> AND <score> AND trace_id != ''
        UNION DISTINCT
        SELECT trace_id FROM spans WHERE <here>
            AND (SELECT count() > 0 FROM scores WHERE <here> AND trace_id = ''
                AND (response_id != '' OR completion_id != ''))
            AND (response_id != '' AND response_id IN (
                    SELECT response_id FROM scores FINAL WHERE <here> AND <score> AND trace_id = '')
                OR completion_id != '' AND completion_id IN (
                    SELECT completion_id FROM scores FINAL WHERE <here> AND <score> AND trace_id = ''))
    )"""
_ALONE = "<here> AND <score> AND trace_id = '' AND response_id = '' AND completion_id = ''"
_SCORED = {
    "traces": "<traces>",
    "sessions": """
        session_id IN (SELECT session_id FROM scores FINAL WHERE <alone> AND session_id != '')
        OR session_id IN (SELECT session_id FROM traces FINAL WHERE <here> AND session_id != '' AND <traces>)""",
    "users": """
        user_id IN (SELECT user_id FROM scores FINAL WHERE <alone> AND session_id = '' AND user_id != '')
        OR user_id IN (SELECT user_id FROM sessions FINAL WHERE <here> AND session_id IN (
            SELECT session_id FROM scores FINAL WHERE <alone> AND session_id != ''))
        OR <users>""",
}
