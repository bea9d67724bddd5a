-- Spans in which these words were said, the newest first. Each part is cut by itself, so that neither is read whole.
-- Replaced rows of `spans` are among them: `said_now` tells which those are.
SELECT trace_id, span_id, session_id, said, is_apart, toUnixTimestamp64Micro(started_at) AS at_us
FROM (
    SELECT trace_id, span_id, session_id, said, started_at, 0 AS is_apart
    FROM spans
    WHERE project_id = {project_id:String} AND (${where})
    ORDER BY started_at DESC, trace_id DESC, span_id DESC
    LIMIT {limit:UInt32}
    UNION ALL
    SELECT trace_id, span_id, session_id, said, started_at, 1 AS is_apart
    FROM said_apart FINAL
    WHERE project_id = {project_id:String} AND (${where})
    ORDER BY started_at DESC, trace_id DESC, span_id DESC
    LIMIT {limit:UInt32}
)
ORDER BY started_at DESC, trace_id DESC, span_id DESC
LIMIT {limit:UInt32}
