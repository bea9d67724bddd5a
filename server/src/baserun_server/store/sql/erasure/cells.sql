-- Whose days without a session lose traces that name the person, too.
SELECT DISTINCT toString(day) AS day, user_id
FROM traces FINAL
WHERE project_id = {project_id:String} AND session_id = '' AND trace_id IN {trace_ids:Array(String)}
  AND user_id != '' AND user_id NOT IN {user_ids:Array(String)}
