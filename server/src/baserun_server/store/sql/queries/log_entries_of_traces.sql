-- What the application logged inside traces, by time, then in the order in which it was sent; of each the first 1,000.
SELECT kind, name, body, trace_id, span_id, toUnixTimestamp64Micro(at) AS at_us
FROM log_entries FINAL
WHERE project_id = {project_id:String} AND trace_id IN {ids:Array(String)} AND kind IN ('log', 'failure')
ORDER BY at, at_ns, received_at, number, log_id
LIMIT 1000 BY trace_id
