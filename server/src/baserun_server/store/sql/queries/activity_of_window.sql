-- The part of users or sessions that lies in a window: sums over their days that lie in it as a whole, and the days
-- that an end of the window cuts, each with its user and session.
SELECT ${id} AS id,
    sumIf(part.traces, (first_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC') AND last_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')) AS inside) AS traces,
    sumIf(part.llm_calls, inside) AS llm_calls, sumIf(part.input_tokens, inside) AS input_tokens, sumIf(part.output_tokens, inside) AS output_tokens,
    sumIf(part.cached_tokens, inside) AS cached_tokens, sumIf(part.reasoning_tokens, inside) AS reasoning_tokens, sumIf(part.cost_nano_usd, inside) AS cost_nano_usd,
    sumIf(part.unpriced_calls, inside) AS unpriced_calls, sumIf(part.errors, inside) AS errors, sumIf(part.tool_calls, inside) AS tool_calls,
    sumIf(part.feedback_up, inside) AS feedback_up, sumIf(part.feedback_down, inside) AS feedback_down,
    groupArrayIf((user_id, day, session_id), NOT inside) AS cuts
FROM activity AS part FINAL
WHERE project_id = {project_id:String} AND (${where})
    AND day >= toDate(fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')) AND day <= toDate(fromUnixTimestamp64Micro({to_us:Int64}, 'UTC'))
    AND first_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC') AND last_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
GROUP BY id
