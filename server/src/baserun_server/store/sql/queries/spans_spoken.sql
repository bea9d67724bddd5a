-- The rows of spans of traces with what was said in them, or of a part of their spans, replaced ones among them: content
-- only of model calls, tools, roots and what was spoken. Flat, as `spans_full` is.
SELECT
    version, s.kind IN ('llm', 'tool') OR s.parent_span_id = '' OR has(s.marks, 'spoken') AS speaks,
    project_id, trace_id, span_id, parent_span_id, kind, name, model, status,
    toUnixTimestamp64Micro(started_at) AS start_us, toUnixTimestamp64Micro(ended_at) AS end_us,
    input_tokens, output_tokens, cost_nano_usd, response_id, completion_id, scope, input_preview, output_preview,
    status_message, error_type, streaming, time_to_first_token_us, toUnixTimestamp64Micro(received_at) AS received_us,
    cached_tokens, cache_write_tokens, reasoning_tokens, tool_name, tool_call_id,
    if(speaks, s.input_messages, '') AS input_messages, if(speaks, s.output_messages, '') AS output_messages,
    if(speaks, s.input, '') AS input, if(speaks, s.output, '') AS output,
    if(speaks, s.tool_arguments, '') AS tool_arguments, if(speaks, s.tool_result, '') AS tool_result
FROM spans AS s
WHERE project_id = {project_id:String}
    AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
    AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
    AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)} AND (${which})
