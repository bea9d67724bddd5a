-- Spans of a session in which these words were said, in order of time; by the newest row of each, whatever a row that it
-- replaced says. Words are looked for in the tables themselves: only there does the index say what a word is.
SELECT trace_id, span_id, said
FROM (
    SELECT trace_id, span_id, said, started_at
    FROM spans
    WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
        AND toDate(started_at) IN {days:Array(Date)} AND (${where})
        AND (trace_id, span_id, version) IN (
            SELECT trace_id, span_id, max(version)
            FROM spans
            WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
                AND toDate(started_at) IN {days:Array(Date)}
            GROUP BY trace_id, span_id)
    LIMIT 1 BY trace_id, span_id
    UNION ALL
    SELECT trace_id, span_id, said, started_at
    FROM said_apart FINAL
    WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
        AND toDate(started_at) IN {days:Array(Date)} AND (${where})
)
ORDER BY started_at, span_id
LIMIT {limit:UInt32}
