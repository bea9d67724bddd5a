-- Sessions in parts: their traces by the users that they name and the day on which they start.
SELECT session_id, ${session_slice}
FROM traces AS one FINAL
WHERE project_id = {project_id:String} AND (one.day, session_id) IN {places:Array(Tuple(Date, String))}
GROUP BY session_id, one.app_user, one.provider_user, one.day
