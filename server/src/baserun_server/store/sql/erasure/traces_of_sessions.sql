-- Traces of sessions that are a user's: of a session that is this user's alone, all of them.
SELECT trace_id
FROM (
    SELECT trace_id, session_id, app_user, provider_user FROM traces FINAL
    WHERE project_id = {project_id:String} AND (day, session_id) IN {places:Array(Tuple(Date, String))}
) AS t
LEFT JOIN (
    SELECT session_id, assigned_user, app_user AS session_app_user, provider_user AS session_provider_user FROM sessions FINAL
    WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
) AS s USING (session_id)
WHERE session_id IN {own_ids:Array(String)}
   OR multiIf(assigned_user != '', assigned_user, app_user != '', app_user, session_app_user != '', session_app_user,
              provider_user != '', provider_user, session_provider_user) IN {user_ids:Array(String)}
