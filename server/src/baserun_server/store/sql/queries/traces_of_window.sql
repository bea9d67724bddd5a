-- Traces that begin in a window, of some days of sessions, and of users where they have no session; added up by what they
-- say about their user.
SELECT toString(day) AS of_day, session_id, app_user, provider_user, count() AS traces,
    ${shown_sums}
FROM traces AS one FINAL
WHERE project_id = {project_id:String} AND (day, session_id) IN {places:Array(Tuple(Date, String))}
    AND (session_id != '' OR user_id IN {ids:Array(String)})
    AND started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
    AND started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
GROUP BY day, session_id, app_user, provider_user
