-- Traces without a session, by user and day.
SELECT session_id, ${session_slice}
FROM traces AS one FINAL
WHERE project_id = {project_id:String} AND session_id = '' AND (one.day, user_id) IN {cells:Array(Tuple(Date, String))}
GROUP BY session_id, one.app_user, one.provider_user, one.day
