-- LLM calls by the provider's id or by ours, each as its newest row has it: the newest first, whatever arrived first.
SELECT id, trace_id, name, at_us
FROM (
    SELECT span_id AS id, trace_id, name, toUnixTimestamp64Micro(started_at) AS at_us
    FROM spans
    WHERE project_id = {project_id:String} AND (response_id = {call_id:String} OR completion_id = {call_id:String})
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
)
ORDER BY at_us DESC, trace_id, id
LIMIT 8
