-- Traces that another worker computed later than with this version.
SELECT trace_id AS id, max(reckoned) AS version
FROM trace_keys
WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}
GROUP BY trace_id
HAVING max(reckoned) > {version:UInt64}
