-- A page of scores, newest first.
SELECT
    score_id, name, value, label, comment, source, trace_id, span_id, session_id, user_id, response_id,
    completion_id, metadata, toUnixTimestamp64Micro(at) AS at_us
FROM scores FINAL
WHERE project_id = {project_id:String} AND (${where})
ORDER BY at DESC, score_id DESC
LIMIT {limit:UInt32}
