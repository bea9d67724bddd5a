-- Hours and sessions in which traces have spans, in whatever version, and those of the row that each of them has now.
SELECT DISTINCT trace_id, toUnixTimestamp(toStartOfHour(started_at)) AS hour, session_id
FROM spans
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}
  AND toStartOfHour(started_at) >= toDateTime({first_hour:UInt32}, 'UTC')
  AND toStartOfHour(started_at) <= toDateTime({last_hour:UInt32}, 'UTC')
UNION DISTINCT
SELECT trace_id, toUnixTimestamp(toStartOfHour(started_at)) AS hour, session_id
FROM traces FINAL
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}
  AND day >= toDate(toDateTime({first_hour:UInt32}, 'UTC')) AND day <= toDate(toDateTime({last_hour:UInt32}, 'UTC'))
