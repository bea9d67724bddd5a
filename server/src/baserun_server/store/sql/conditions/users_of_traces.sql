-- Users who are the user of a trace for which ${traces} is true.
user_id IN (
    SELECT ${user_of_trace}
    FROM (
        SELECT session_id, app_user, provider_user FROM traces FINAL
        WHERE project_id = {project_id:String} AND ${traces}
    ) AS t
    LEFT JOIN (${users_of_sessions} AND session_id IN (
        SELECT session_id FROM traces FINAL WHERE project_id = {project_id:String} AND ${traces})
    ) AS s ON s.s_session_id = t.session_id
)
