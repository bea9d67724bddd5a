-- How many traces of a session begin before a moment, or at it with a smaller id.
SELECT count() AS value
FROM traces FINAL
WHERE project_id = {project_id:String} AND day IN {days:Array(Date)}
    AND session_id = {session_id:String}
    AND (toUnixTimestamp64Micro(started_at), trace_id) < ({started_us:Int64}, {trace_id:String})
