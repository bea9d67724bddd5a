-- The rows of spans with everything, replaced ones among them: of whole traces, or a part of their spans. Flat, because a
-- query around so many columns costs as much as reading them; `newest` in `api/answers/spans.py` does the rest.
SELECT
    version, project_id, trace_id, span_id, parent_span_id, kind, name, model, status,
    toUnixTimestamp64Micro(started_at) AS start_us, toUnixTimestamp64Micro(ended_at) AS end_us,
    input_tokens, output_tokens, cost_nano_usd, response_id, completion_id, scope, input_preview, output_preview,
    session_id, user_id, provider_user, session_attribute, user_attribute, provider_user_attribute, trace_name,
    status_message, error_type, provider, model_requested, streaming, time_to_first_token_us, finish_reasons,
    cached_tokens, cache_write_tokens, reasoning_tokens, cost_source, cost_reported_nano_usd, tool_name, tool_call_id, environment, release,
    service, tags, marks, toUnixTimestamp64Micro(received_at) AS received_us,
    input_messages, output_messages, tool_definitions, parameters, input, output, tool_arguments, tool_result,
    metadata, events, attributes
FROM spans
WHERE project_id = {project_id:String}
    AND toStartOfHour(started_at) >= toDateTime({first_hour_s:UInt32}, 'UTC')
    AND toStartOfHour(started_at) <= toDateTime({last_hour_s:UInt32}, 'UTC')
    AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)} AND (${which})
