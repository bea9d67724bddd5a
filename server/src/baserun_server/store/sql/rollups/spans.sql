-- The newest row of each span of traces, found by whole keys.
SELECT trace_id, span_id, parent_span_id, session_id, user_id, provider_user, session_attribute, user_attribute,
       provider_user_attribute, kind, name, trace_name, toUnixTimestamp64Micro(started_at) AS start_us,
       toUnixTimestamp64Micro(ended_at) AS end_us, status, provider, model, response_id, completion_id, scope,
       tool_name, tool_call_id, input_tokens,
       output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, environment, release, tags, input_preview,
       output_preview, metadata
FROM spans
WHERE project_id = {project_id:String} AND (toStartOfHour(started_at), session_id) IN {places:Array(Tuple(DateTime('UTC'), String))}
  AND trace_id IN {trace_ids:Array(String)}
ORDER BY version DESC
LIMIT 1 BY trace_id, span_id
