-- Judgements of sessions as a whole that were given in a window, on some days; and of users themselves.
SELECT toString(toDate(at)) AS of_day, session_id, user_id, sum(scores.up) AS feedback_up, sum(scores.down) AS feedback_down
FROM scores FINAL
WHERE project_id = {project_id:String} AND trace_id = '' AND response_id = '' AND completion_id = ''
    AND (${where})
    AND at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC') AND at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
GROUP BY of_day, session_id, user_id
