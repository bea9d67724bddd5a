-- Traces that start on a day, neighbours one after the other.
SELECT trace_id
FROM trace_keys
WHERE project_id = {project_id:String}
GROUP BY trace_id
HAVING toUInt16(toDate(min(first_hour))) = {day:UInt16}
ORDER BY min(first_hour), min(session_ids), trace_id
