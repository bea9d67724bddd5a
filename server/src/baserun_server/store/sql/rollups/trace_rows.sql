-- Keys of the rows that traces have now.
SELECT trace_id, toUInt16(day) AS day, session_id, user_id
FROM traces FINAL
WHERE project_id = {project_id:String} AND (day, session_id) IN {places:Array(Tuple(Date, String))}
  AND user_id IN {user_ids:Array(String)} AND trace_id IN {trace_ids:Array(String)}
