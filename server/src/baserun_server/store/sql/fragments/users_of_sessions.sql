-- What sessions say about the users of their traces. Further conditions follow with AND.
SELECT session_id AS s_session_id, assigned_user, app_user AS session_app_user, provider_user AS session_provider_user
    FROM sessions FINAL
    WHERE project_id = {project_id:String}
