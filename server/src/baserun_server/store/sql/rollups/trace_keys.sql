-- Where the spans of traces are.
SELECT trace_id,
       toUnixTimestamp(min(first_hour)) AS first_hour,
       toUnixTimestamp(max(last_hour)) AS last_hour,
       min(first_batch) AS first_batch,
       max(last_batch) AS last_batch,
       max(reckoned) AS reckoned,
       groupUniqArrayArray(session_ids) AS session_ids,
       groupUniqArrayArray(user_ids) AS user_ids
FROM trace_keys
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}
GROUP BY trace_id
