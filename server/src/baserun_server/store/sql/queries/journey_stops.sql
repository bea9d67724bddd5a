-- The sessions of a user (all ids of the same person), as far as they are this user's, and the days with traces outside of any session.
SELECT *
FROM (
    SELECT session_id, if(session_id = '', toInt64(toUInt16(day)), 0) AS day_of_loose,
        toUnixTimestamp64Micro(min(first_at)) AS at_us, toUnixTimestamp64Micro(max(last_at)) AS end_us,
        groupUniqArray(day) AS days, sum(one.traces) AS traces, sum(one.cost_nano_usd) AS cost_nano_usd,
        sum(one.errors) AS errors, sum(one.feedback_down) AS feedback_down,
        arraySort(groupUniqArrayArray(one.models)) AS models
    FROM activity AS one FINAL
    WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
    GROUP BY session_id, day_of_loose
)
WHERE (${where})
ORDER BY ${order}
LIMIT {limit:UInt32}
