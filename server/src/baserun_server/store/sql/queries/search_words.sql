-- Spans in which these words were said, the newest first.
SELECT trace_id, span_id, session_id, said, toUnixTimestamp64Micro(started_at) AS at_us
FROM spans
WHERE project_id = {project_id:String} AND ${where}
ORDER BY started_at DESC, trace_id DESC, span_id DESC
LIMIT {limit:UInt32}
