-- The part of users' activity on days that a window cuts: their traces of those days that begin in it.
SELECT id, count() AS traces,
    sum(llm_calls) AS llm_calls, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cached_tokens) AS cached_tokens, sum(reasoning_tokens) AS reasoning_tokens,
    sum(cost_nano_usd) AS cost_nano_usd, sum(unpriced_calls) AS unpriced_calls, sum(errors) AS errors,
    sum(tool_calls) AS tool_calls, sum(feedback_up) AS feedback_up, sum(feedback_down) AS feedback_down
FROM (
    SELECT multiIf(
        s.assigned_user != '', s.assigned_user, t.app_user != '', t.app_user, s.app_user != '', s.app_user,
        t.provider_user != '', t.provider_user, s.provider_user) AS id, t.*
    FROM (
        SELECT * FROM traces FINAL
        WHERE project_id = {project_id:String} AND day IN {days:Array(Date)}
            AND session_id IN (
                SELECT session_id FROM activity FINAL
                WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)}
                    AND day IN {days:Array(Date)})
            AND started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
            AND started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
    ) AS t
    LEFT JOIN (
        SELECT session_id, assigned_user, app_user, provider_user FROM sessions FINAL
        WHERE project_id = {project_id:String} AND session_id IN (
            SELECT session_id FROM activity FINAL
            WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)}
                AND day IN {days:Array(Date)})
    ) AS s ON s.session_id = t.session_id
)
WHERE id IN {ids:Array(String)}
GROUP BY id
