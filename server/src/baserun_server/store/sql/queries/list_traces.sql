-- Candidates for a page of traces, in order, as in `list_sessions`; and where their rows are. `source` is the table, or
-- the table joined with the sessions where a condition needs the user that holds in the end.
SELECT trace_id AS id, version, day, session_id, ${columns}
FROM ${source}
WHERE project_id = {project_id:String} AND is_deleted = 0 AND (${where})
ORDER BY ${order}
LIMIT {limit:UInt32}
