-- Judgements of sessions as a whole, by day.
SELECT session_id AS id, sum(scores.up) AS up, sum(scores.down) AS down,
       toUnixTimestamp64Micro(min(at)) AS first_us, toUnixTimestamp64Micro(max(at)) AS last_us
FROM scores FINAL
WHERE project_id = {project_id:String} AND trace_id = '' AND response_id = '' AND completion_id = ''
  AND session_id IN {session_ids:Array(String)} AND session_id != ''
GROUP BY session_id, toDate(at)
