-- Spans in which these words were said, the newest first. Each part is cut by itself, so that neither is read whole.
SELECT trace_id, span_id, session_id, said, toUnixTimestamp64Micro(started_at) AS at_us
FROM (
    SELECT trace_id, span_id, session_id, said, started_at
    FROM spans
    WHERE project_id = {project_id:String} AND (${where})
    ORDER BY started_at DESC, trace_id DESC, span_id DESC
    LIMIT {limit:UInt32}
    UNION ALL
    SELECT trace_id, span_id, session_id, said, started_at
    FROM said_apart FINAL
    WHERE project_id = {project_id:String} AND (${where})
    ORDER BY started_at DESC, trace_id DESC, span_id DESC
    LIMIT {limit:UInt32}
)
ORDER BY started_at DESC, trace_id DESC, span_id DESC
LIMIT {limit:UInt32}
