-- Judgements of calls that were named by the provider's or our own id of the call, by the trace that holds the call.
SELECT trace_id, toUInt32(sum(up)) AS up, toUInt32(sum(down)) AS down
FROM (
    SELECT DISTINCT c.trace_id AS trace_id, s.score_id AS score_id, s.up AS up, s.down AS down
    FROM (
        SELECT score_id, if(scores.response_id != '', scores.response_id, scores.completion_id) AS call,
               scores.response_id != '' AS by_response, scores.up AS up, scores.down AS down
        FROM scores FINAL
        WHERE project_id = {project_id:String} AND trace_id = '' AND (scores.response_id != '' OR scores.completion_id != '')
    ) AS s
    INNER JOIN (
        SELECT trace_id, response_id AS call, 1 AS by_response FROM (${latest_spans}) WHERE response_id != ''
        UNION ALL
        SELECT trace_id, completion_id AS call, 0 AS by_response FROM (${latest_spans}) WHERE completion_id != ''
    ) AS c ON c.call = s.call AND c.by_response = s.by_response
)
GROUP BY trace_id
