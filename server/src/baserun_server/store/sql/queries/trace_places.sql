-- Where the spans of traces lie, and the rows of the traces themselves.
SELECT min(first_day) AS first_day, max(last_day) AS last_day, groupUniqArrayArray(session_ids) AS session_ids
FROM trace_keys
WHERE project_id = {project_id:String} AND trace_id IN {ids:Array(String)}
HAVING count() > 0
