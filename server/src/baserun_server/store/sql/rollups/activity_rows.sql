-- Keys of the rows that sessions have now, and those of users' days without a session.
SELECT user_id, session_id, toUInt16(activity.day) AS day
FROM activity FINAL
WHERE project_id = {project_id:String} AND (user_id, session_id) IN {places:Array(Tuple(String, String))}
  AND (session_id != '' OR (activity.day, user_id) IN {cells:Array(Tuple(Date, String))})
