-- What the application logged inside traces, oldest first; of each trace the first 1,000.
SELECT name, body, trace_id, span_id, toUnixTimestamp64Micro(at) AS at_us
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {ids:Array(String)} AND kind = 'log'
ORDER BY at, log_id
LIMIT 1000 BY trace_id
