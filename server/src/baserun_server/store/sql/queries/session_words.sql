-- Spans of a session in which these words were said, in order of time; by the newest row of each, whatever a row that it
-- replaced says.
SELECT trace_id, span_id, said
FROM (
    SELECT trace_id, span_id, said, started_at
    FROM (
        SELECT trace_id, span_id, said, version, started_at
        FROM spans
        WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
            AND toDate(started_at) IN {days:Array(Date)}
            AND (trace_id, span_id) IN (
                SELECT trace_id, span_id
                FROM spans
                WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
                    AND toDate(started_at) IN {days:Array(Date)} AND (${where}))
        ORDER BY version DESC
        LIMIT 1 BY trace_id, span_id
    )
    WHERE (${where})
    UNION ALL
    SELECT trace_id, span_id, said, started_at
    FROM said_apart FINAL
    WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
        AND toDate(started_at) IN {days:Array(Date)} AND (${where})
)
ORDER BY started_at, span_id
LIMIT {limit:UInt32}
