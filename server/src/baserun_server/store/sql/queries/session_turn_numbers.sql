-- Which turns of a session some traces are, counted from 1 in order of time.
SELECT n, trace_id
FROM (
    SELECT trace_id, row_number() OVER (ORDER BY started_at, trace_id) AS n
    FROM traces FINAL
    WHERE project_id = {project_id:String} AND day IN {days:Array(Date)} AND session_id = {session_id:String}
)
WHERE trace_id IN {ids:Array(String)}
