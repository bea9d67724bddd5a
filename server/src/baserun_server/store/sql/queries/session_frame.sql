-- Of a session what its turns need: how many there are, on which days, and whose they are.
SELECT session_id, traces, days, users, assigned_user, app_user, provider_user
FROM sessions FINAL
WHERE project_id = {project_id:String} AND session_id = {session_id:String}
