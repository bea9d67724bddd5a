-- A mark for each day of a session that grows whenever a trace of it changes: it is the newest of all rows, replaced and
-- deleted ones included.
SELECT day, max(version) AS version
FROM traces
WHERE project_id = {project_id:String} AND day IN {days:Array(Date)} AND session_id = {session_id:String}
GROUP BY day
ORDER BY day
