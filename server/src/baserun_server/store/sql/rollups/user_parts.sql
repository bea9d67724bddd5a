-- Users from their activity.
SELECT user_id,
       toUnixTimestamp64Micro(min(first_at)) AS first_us,
       toUnixTimestamp64Micro(max(last_at)) AS last_us,
       uniqExactIf(session_id, session_id != '') AS sessions,
       sum(part.traces) AS traces,
       ${sums},
       groupUniqArrayArray(part.models) AS models,
       min(part.derived) AS derived
FROM activity AS part FINAL
WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
GROUP BY user_id
