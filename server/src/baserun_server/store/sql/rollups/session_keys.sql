-- Where the traces of sessions are, and which users they ever had: over all versions, because these only grow.
SELECT session_id, arrayMap(day -> toUInt16(day), groupUniqArrayArray(days)) AS days, groupUniqArrayArray(user_keys) AS user_keys,
       argMax(said, version) AS said
FROM (
    SELECT session_id, days, user_keys, (assigned_user, app_user, provider_user) AS said, version FROM sessions
    WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
    UNION ALL
    SELECT session_id, days, user_keys, ('', '', '') AS said, toUInt64(0) AS version FROM session_keys
    WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
)
GROUP BY session_id
