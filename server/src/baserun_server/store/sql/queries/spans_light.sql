-- The spans of traces without content, by start time.
SELECT *
FROM (
    SELECT
        trace_id, span_id, parent_span_id, kind, name, model, status,
        toUnixTimestamp64Micro(started_at) AS start_us, toUnixTimestamp64Micro(ended_at) AS end_us,
        input_tokens, output_tokens, cost_nano_usd, response_id, completion_id, scope, tool_name, tool_call_id, input_preview, output_preview
    FROM spans
    WHERE project_id = {project_id:String}
        AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
        AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
        AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
)
ORDER BY start_us, end_us DESC, span_id
