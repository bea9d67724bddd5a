-- Sessions in parts: their traces by the users that they name and the day on which they start.
SELECT session_id, ${part}
FROM traces AS part FINAL
WHERE project_id = {project_id:String} AND (part.day, session_id) IN {places:Array(Tuple(Date, String))}
GROUP BY session_id, part.app_user, part.provider_user, part.day
