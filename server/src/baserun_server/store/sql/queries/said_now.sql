-- Of spans in which words were once said, those in whose newest row they still are, with what that says.
SELECT trace_id, span_id, said
FROM (
    SELECT trace_id, span_id, said
    FROM spans
    WHERE project_id = {project_id:String}
        AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
        AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
        AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
)
WHERE (${where})
