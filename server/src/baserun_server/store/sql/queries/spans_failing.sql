-- The failing spans of traces; of each trace at most 200.
SELECT *
FROM (
    SELECT trace_id, span_id, parent_span_id, name, status, status_message, error_type,
        toUnixTimestamp64Micro(ended_at) AS end_us
    FROM spans
    WHERE project_id = {project_id:String}
        AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
        AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
        AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
)
WHERE status = 'error'
ORDER BY end_us, span_id
LIMIT 200 BY trace_id
