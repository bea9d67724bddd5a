-- The spans of traces as `spans_spoken` gives them, without what was said in them but with how much that is; of each trace
-- the first ones.
SELECT *, '' AS input_messages, '' AS output_messages, '' AS input, '' AS output, '' AS tool_arguments, '' AS tool_result
FROM (
    SELECT
        version, s.kind IN ('llm', 'tool') OR s.parent_span_id = '' OR has(s.marks, 'spoken') AS speaks,
        project_id, trace_id, span_id, parent_span_id, kind, name, model, status,
        toUnixTimestamp64Micro(started_at) AS start_us, toUnixTimestamp64Micro(ended_at) AS end_us,
        input_tokens, output_tokens, cost_nano_usd, response_id, completion_id, scope, input_preview, output_preview,
        status_message, error_type, streaming, time_to_first_token_us, toUnixTimestamp64Micro(received_at) AS received_us,
        cached_tokens, cache_write_tokens, reasoning_tokens, tool_name, tool_call_id,
        if(speaks, length(s.input_messages) + length(s.output_messages) + length(s.input) + length(s.output)
            + length(s.tool_arguments) + length(s.tool_result), 0) AS content_bytes
    FROM spans AS s
    WHERE project_id = {project_id:String}
        AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
        AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
        AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
)
ORDER BY start_us, span_id
LIMIT {limit:UInt32} BY trace_id
