-- What the rows of a table that an erasure concerns say something about.
SELECT DISTINCT trace_id, session_id, response_id, completion_id
FROM ${table} FINAL
WHERE project_id = {project_id:String} AND (${where})
