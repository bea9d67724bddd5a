-- Users from their activity and that of their aliases: `owners` are whose the `user_ids` are, in the same order.
SELECT transform(one.user_id, {user_ids:Array(String)}, {owners:Array(String)}, '') AS owner,
       toUnixTimestamp64Micro(min(first_at)) AS first_us,
       toUnixTimestamp64Micro(max(last_at)) AS last_us,
       uniqExactIf(session_id, session_id != '') AS sessions,
       sum(one.traces) AS traces,
       ${sums},
       sumMap(one.latency) AS latency,
       groupUniqArrayArray(one.models) AS models,
       groupUniqArrayArray(one.providers) AS providers,
       groupUniqArrayArray(one.tags) AS tags,
       groupUniqArrayArray(one.environments) AS environments,
       groupUniqArrayArray(one.releases) AS releases,
       min(one.derived) AS derived
FROM activity AS one FINAL
WHERE project_id = {project_id:String} AND one.user_id IN {user_ids:Array(String)}
GROUP BY owner
