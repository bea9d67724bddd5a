-- Spans with this id, one a trace as its newest row has it: the newest first, whatever arrived first.
SELECT id, trace_id, name, at_us
FROM (
    SELECT span_id AS id, trace_id, name, toUnixTimestamp64Micro(started_at) AS at_us
    FROM spans
    WHERE project_id = {project_id:String} AND span_id = {span_id:String}
    ORDER BY version DESC
    LIMIT 1 BY trace_id
)
ORDER BY at_us DESC, trace_id
LIMIT 8
