-- Scores that judge sessions as a whole, oldest first; at most 1,000 of each.
SELECT
    score_id, name, value, label, comment, source, trace_id, span_id, session_id, user_id, response_id,
    completion_id, metadata, toUnixTimestamp64Micro(at) AS at_us
FROM scores FINAL
WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
    AND trace_id = '' AND response_id = '' AND completion_id = ''
ORDER BY at, score_id
LIMIT 1000 BY session_id
