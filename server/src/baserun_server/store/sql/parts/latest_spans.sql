-- The newest row of each span of the touched traces, found by whole keys.
SELECT trace_id, span_id, parent_span_id, session_id, user_id, provider_user, session_attribute, user_attribute,
       provider_user_attribute, kind, name, trace_name, started_at, ended_at, status, provider, model, response_id,
       completion_id, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, environment, release,
       tags, input_preview, output_preview, metadata
FROM spans
WHERE project_id = {project_id:String} AND (toStartOfHour(started_at), session_id, trace_id) IN (
    SELECT first_hour + INTERVAL arrayJoin(range(toUInt32(dateDiff('hour', first_hour, last_hour)) + 1)) HOUR,
           arrayJoin(session_ids), trace_id
    FROM (${touched_traces})
)
ORDER BY version DESC
LIMIT 1 BY trace_id, span_id
