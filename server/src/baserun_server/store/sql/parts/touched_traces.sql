SELECT trace_id, min(first_hour) AS first_hour, max(last_hour) AS last_hour,
       groupUniqArrayArray(session_ids) AS session_ids, groupUniqArrayArray(user_ids) AS user_ids
FROM trace_keys
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}
GROUP BY trace_id
