-- The part of sessions that lies in a window: their traces that begin in it.
SELECT session_id AS id, count() AS traces,
    sum(llm_calls) AS llm_calls, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cached_tokens) AS cached_tokens, sum(reasoning_tokens) AS reasoning_tokens,
    sum(cost_nano_usd) AS cost_nano_usd, sum(unpriced_calls) AS unpriced_calls, sum(errors) AS errors,
    sum(tool_calls) AS tool_calls, sum(feedback_up) AS feedback_up, sum(feedback_down) AS feedback_down
FROM traces FINAL
WHERE project_id = {project_id:String}
    AND day >= toDate(fromUnixTimestamp64Micro({from_us:Int64}, 'UTC'))
    AND day <= toDate(fromUnixTimestamp64Micro({to_us:Int64}, 'UTC'))
    AND session_id IN {ids:Array(String)}
    AND started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
    AND started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
GROUP BY session_id
