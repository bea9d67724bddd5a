-- LLM calls by the provider's id or by ours.
SELECT span_id AS id, trace_id, name, toUnixTimestamp64Micro(started_at) AS at_us
FROM spans
WHERE project_id = {project_id:String} AND (response_id = {call_id:String} OR completion_id = {call_id:String})
ORDER BY version DESC
LIMIT 1 BY trace_id, span_id
LIMIT 8
