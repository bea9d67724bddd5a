-- The part of users or sessions that lies in a window: sums over their days that lie in it as a whole, and the days
-- that an end of the window cuts, each with its user and session.
SELECT ${id} AS id,
    sumIf(one.traces, (first_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC') AND last_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')) AS inside) AS traces,
    ${shown_sums_inside},
    groupArrayIf((user_id, day, session_id), NOT inside) AS cuts
FROM activity AS one FINAL
WHERE project_id = {project_id:String} AND (${where})
    AND day >= toDate(fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')) AND day <= toDate(fromUnixTimestamp64Micro({to_us:Int64}, 'UTC'))
    AND first_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC') AND last_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
GROUP BY id
