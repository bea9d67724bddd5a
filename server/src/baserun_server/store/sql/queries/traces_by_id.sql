-- Traces by id and place.
SELECT
    trace_id, version, session_id, user_id, app_user, provider_user, sessions_said, users_said, name,
    toUnixTimestamp64Micro(started_at) AS started_us, toUnixTimestamp64Micro(ended_at) AS ended_us,
    status, spans_total, models, tags, environment, release, metadata, input_preview, output_preview,
    llm_calls, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, unpriced_calls,
    errors, tool_calls, feedback_up, feedback_down
FROM traces FINAL
WHERE project_id = {project_id:String} AND day >= {first_day:Date} AND day <= {last_day:Date}
    AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
