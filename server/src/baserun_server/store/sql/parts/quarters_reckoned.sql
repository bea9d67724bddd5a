SELECT project_id, toDateTime64(quarter, 6, 'UTC') AS started_at, users, sessions, traces, failed, llm_calls, input_tokens, output_tokens, cached_tokens, reasoning_tokens,
    cost_nano_usd, unpriced_calls, errors, tool_calls, feedback_up, feedback_down, waits, latency
FROM quarter_hours FINAL
WHERE project_id = {project_id:String}
    AND quarter >= fromUnixTimestamp64Micro({first_us_whole:Int64}, 'UTC')
    AND quarter < fromUnixTimestamp64Micro({end_us_whole:Int64}, 'UTC')
    AND (toStartOfHour(quarter), version) IN {fresh:Array(Tuple(DateTime('UTC'), UInt64))}
