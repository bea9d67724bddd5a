"""Tables as a list or a sum reads them where a column of theirs needs another table."""


def traces_with_users(table: str, days: str) -> str:
    """Traces with the user who holds in the end, as `effective_user`: a subquery.

    `table` is `traces` or `traces FINAL`; `days` a condition on the column `day`.
    """
    return TRACES_WITH_USERS.replace("<traces>", table).replace("<days>", days)


# A session has a say only where it was assigned, or where a trace of it names no user of its own. Replaced rows lead to
# some more sessions, and those are then read as they are.
TRACES_WITH_USERS = """(
    SELECT t.*, multiIf(
        s_assigned_user != '', s_assigned_user, t.app_user != '', t.app_user, s_app_user != '', s_app_user,
        t.provider_user != '', t.provider_user, s_provider_user) AS effective_user
    FROM (SELECT * FROM <traces> WHERE project_id = {project_id:String} AND <days>) AS t
    LEFT JOIN (
        SELECT session_id AS s_session_id, assigned_user AS s_assigned_user, app_user AS s_app_user,
            provider_user AS s_provider_user
        FROM sessions FINAL
        WHERE project_id = {project_id:String} AND session_id IN (
            SELECT session_id FROM sessions WHERE project_id = {project_id:String} AND assigned_user != ''
            UNION ALL
            SELECT session_id FROM traces
            WHERE project_id = {project_id:String} AND <days> AND app_user = '' AND session_id != '')
    ) AS s ON s.s_session_id = t.session_id
)"""
