-- Where the spans of traces are, and the rows of the traces themselves.
SELECT
    toUnixTimestamp(min(first_hour)) AS first_hour_s, toUnixTimestamp(max(last_hour)) AS last_hour_s,
    toDate(min(first_hour)) AS first_day, toDate(max(last_hour)) AS last_day,
    groupUniqArrayArray(session_ids) AS session_ids
FROM trace_keys
WHERE project_id = {project_id:String} AND trace_id IN {ids:Array(String)}
HAVING count() > 0
