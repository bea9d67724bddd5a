-- Spans in which these words were said, the newest first. Each part is cut by itself, so that neither is read whole.
-- Replaced rows of `spans` are among them: `span_versions` says which those are. `version` is 0 for the others.
SELECT trace_id, span_id, session_id, said, version, toUnixTimestamp64Micro(started_at) AS at_us
FROM (
    SELECT trace_id, span_id, session_id, said, started_at, version
    FROM spans
    WHERE project_id = {project_id:String} AND (${where})
    ORDER BY started_at DESC, trace_id DESC, span_id DESC
    LIMIT {limit:UInt32}
    UNION ALL
    SELECT trace_id, span_id, session_id, said, started_at, toUInt64(0) AS version
    FROM said_apart FINAL
    WHERE project_id = {project_id:String} AND (${where})
    ORDER BY started_at DESC, trace_id DESC, span_id DESC
    LIMIT {limit:UInt32}
)
ORDER BY started_at DESC, trace_id DESC, span_id DESC
LIMIT {limit:UInt32}
