-- Keys of the rows that traces have now. The column is asked by its table's name: `day` alone is the number of it.
SELECT trace_id, toUInt16(traces.day) AS day, session_id, user_id
FROM traces FINAL
WHERE project_id = {project_id:String} AND (traces.day, session_id) IN {places:Array(Tuple(Date, String))}
  AND user_id IN {user_ids:Array(String)} AND trace_id IN {trace_ids:Array(String)}
