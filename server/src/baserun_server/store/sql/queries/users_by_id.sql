-- Users by id.
SELECT
    user_id, version, traits, aliases,
    toUnixTimestamp64Micro(first_seen) AS first_seen_us, toUnixTimestamp64Micro(last_seen) AS last_seen_us,
    sessions, latency, models, derived,
    traces, llm_calls, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, unpriced_calls,
    errors, tool_calls, feedback_up, feedback_down
FROM users FINAL
WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)}
