-- Judgements of users themselves.
SELECT user_id AS id, sum(scores.up) AS up, sum(scores.down) AS down,
       toUnixTimestamp64Micro(min(at)) AS first_us, toUnixTimestamp64Micro(max(at)) AS last_us
FROM scores FINAL
WHERE project_id = {project_id:String} AND trace_id = '' AND response_id = '' AND completion_id = '' AND session_id = ''
  AND user_id IN {user_ids:Array(String)} AND user_id != ''
GROUP BY user_id
