-- The part of users' activity that lies in whole days.
SELECT user_id AS id, sum(traces) AS traces,
    sum(llm_calls) AS llm_calls, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cached_tokens) AS cached_tokens, sum(reasoning_tokens) AS reasoning_tokens,
    sum(cost_nano_usd) AS cost_nano_usd, sum(unpriced_calls) AS unpriced_calls, sum(errors) AS errors,
    sum(tool_calls) AS tool_calls, sum(feedback_up) AS feedback_up, sum(feedback_down) AS feedback_down
FROM activity FINAL
WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)}
    AND day >= {first_day:Date} AND day <= {last_day:Date}
GROUP BY user_id
