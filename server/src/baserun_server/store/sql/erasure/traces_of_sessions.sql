-- Traces of sessions that are a user's: of a session that is this user's alone, all of them.
SELECT trace_id
FROM (
    SELECT trace_id, session_id, app_user, provider_user FROM traces FINAL
    WHERE project_id = {project_id:String} AND (day, session_id) IN {places:Array(Tuple(Date, String))}
) AS t
LEFT JOIN (${users_of_sessions} AND session_id IN {session_ids:Array(String)}) AS s ON s.s_session_id = t.session_id
WHERE session_id IN {own_ids:Array(String)}
   OR ${user_of_trace} IN {user_ids:Array(String)}
