-- Traces with the user who holds in the end, as `effective_user`. A session has a say only where it was assigned, or
-- where a trace of it names no user of its own. Replaced rows lead to some more sessions, which are then read as they are.
(
    SELECT t.*, ${user_of_trace} AS effective_user
    FROM (SELECT * FROM ${traces} WHERE project_id = {project_id:String} AND ${days}) AS t
    LEFT JOIN (${users_of_sessions} AND session_id IN (
            SELECT session_id FROM sessions WHERE project_id = {project_id:String} AND assigned_user != ''
            UNION ALL
            SELECT session_id FROM traces
            WHERE project_id = {project_id:String} AND ${days} AND app_user = '' AND session_id != '')
    ) AS s ON s.s_session_id = t.session_id
)
