-- What sessions say about their user: it settles the users of their traces.
SELECT session_id, assigned_user, app_user, provider_user
FROM sessions FINAL
WHERE project_id = {project_id:String} AND session_id IN {ids:Array(String)}
