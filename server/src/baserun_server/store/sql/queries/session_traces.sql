-- Traces of a session in order of time, a part of them.
SELECT
    trace_id, session_id, user_id, app_user, provider_user, sessions_said, users_said, name,
    toUnixTimestamp64Micro(started_at) AS started_us, toUnixTimestamp64Micro(ended_at) AS ended_us,
    status, spans_total, models, tags, environment, release, metadata, input_preview, output_preview,
    llm_calls, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, unpriced_calls,
    errors, tool_calls, feedback_up, feedback_down
FROM traces FINAL
WHERE project_id = {project_id:String} AND day IN {days:Array(Date)}
    AND session_id = {session_id:String}
ORDER BY started_at, trace_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
