uniqExactIfState(sipHash64(t.effective_user), t.effective_user != '') AS users,
    uniqExactIfState(sipHash64(t.session_id), t.session_id != '') AS sessions,
    count() AS traces, countIf(t.status = 'error') AS failed,
    sum(t.llm_calls) AS llm_calls, sum(t.input_tokens) AS input_tokens, sum(t.output_tokens) AS output_tokens,
    sum(t.cached_tokens) AS cached_tokens, sum(t.reasoning_tokens) AS reasoning_tokens, sum(t.cost_nano_usd) AS cost_nano_usd,
    sum(t.unpriced_calls) AS unpriced_calls, sum(t.errors) AS errors, sum(t.tool_calls) AS tool_calls,
    sum(t.feedback_up) AS feedback_up, sum(t.feedback_down) AS feedback_down,
    quantilesTDigestState(0.5, 0.95, 0.99)((toUnixTimestamp64Micro(t.ended_at) - toUnixTimestamp64Micro(t.started_at)) / 1000) AS waits,
    sumMap(CAST(t.latency, 'Map(UInt16, UInt64)')) AS latency
