-- A page of traces: their ids and sort keys, in order, and where their rows lie. `source` is the table, or the table
-- joined with the sessions where a condition needs the user that holds in the end.
SELECT trace_id AS id, day, session_id, ${columns}
FROM ${source}
WHERE project_id = {project_id:String} AND ${where}
ORDER BY ${order}
LIMIT {limit:UInt32}
