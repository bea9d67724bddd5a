-- Users from their activity and that of their aliases: `owners` are whose the `user_ids` are, in the same order.
SELECT transform(part.user_id, {user_ids:Array(String)}, {owners:Array(String)}, '') AS owner,
       toUnixTimestamp64Micro(min(first_at)) AS first_us,
       toUnixTimestamp64Micro(max(last_at)) AS last_us,
       uniqExactIf(session_id, session_id != '') AS sessions,
       sum(part.traces) AS traces,
       ${sums},
       sumMap(part.latency) AS latency,
       groupUniqArrayArray(part.models) AS models,
       groupUniqArrayArray(part.providers) AS providers,
       groupUniqArrayArray(part.tags) AS tags,
       groupUniqArrayArray(part.environments) AS environments,
       groupUniqArrayArray(part.releases) AS releases,
       min(part.derived) AS derived
FROM activity AS part FINAL
WHERE project_id = {project_id:String} AND part.user_id IN {user_ids:Array(String)}
GROUP BY owner
