-- The version of the newest row of each span of traces: what any other row says holds no more.
SELECT trace_id, span_id, max(version) AS newest
FROM spans
WHERE project_id = {project_id:String}
    AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
    AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
    AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
GROUP BY trace_id, span_id
