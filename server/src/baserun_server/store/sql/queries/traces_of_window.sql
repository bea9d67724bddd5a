-- Traces that begin in a window, of some days of sessions, and of users where they have no session; added up by what they
-- say about their user.
SELECT toString(day) AS of_day, session_id, app_user, provider_user, count() AS traces,
    sum(part.llm_calls) AS llm_calls, sum(part.input_tokens) AS input_tokens, sum(part.output_tokens) AS output_tokens,
    sum(part.cached_tokens) AS cached_tokens, sum(part.reasoning_tokens) AS reasoning_tokens, sum(part.cost_nano_usd) AS cost_nano_usd,
    sum(part.unpriced_calls) AS unpriced_calls, sum(part.errors) AS errors, sum(part.tool_calls) AS tool_calls,
    sum(part.feedback_up) AS feedback_up, sum(part.feedback_down) AS feedback_down
FROM traces AS part FINAL
WHERE project_id = {project_id:String} AND (day, session_id) IN {places:Array(Tuple(Date, String))}
    AND (session_id != '' OR user_id IN {ids:Array(String)})
    AND started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
    AND started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
GROUP BY day, session_id, app_user, provider_user
