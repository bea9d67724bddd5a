-- Traces whose id is or begins so.
SELECT DISTINCT trace_id AS id
FROM trace_keys
WHERE project_id = {project_id:String} AND startsWith(trace_id, {prefix:String})
ORDER BY id
LIMIT {limit:UInt32}
