-- Scores that judge traces, their spans, or calls in them by the provider's or our id; oldest first. Each is found by the
-- most exact of its ids, so that the key leads to it. At most 1,000 of each trace.
SELECT
    score_id, name, value, label, comment, source, trace_id, span_id, session_id, user_id, response_id,
    completion_id, metadata, toUnixTimestamp64Micro(at) AS at_us
FROM scores FINAL
WHERE project_id = {project_id:String}
    AND (trace_id IN {ids:Array(String)}
        OR trace_id = '' AND response_id != '' AND response_id IN {response_ids:Array(String)}
        OR trace_id = '' AND response_id = '' AND completion_id != '' AND completion_id IN {completion_ids:Array(String)})
ORDER BY at, score_id
LIMIT 1000 BY trace_id
