-- Traces without a session, by user and day.
SELECT session_id, ${part}
FROM traces AS part FINAL
WHERE project_id = {project_id:String} AND session_id = '' AND (part.day, user_id) IN {cells:Array(Tuple(Date, String))}
GROUP BY session_id, part.app_user, part.provider_user, part.day
