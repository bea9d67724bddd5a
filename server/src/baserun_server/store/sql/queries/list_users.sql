-- Candidates for a page of users, in order: ids, versions and sort keys. Read without FINAL, which would merge the whole
-- table: every live row is among the raw ones with its own keys, so what is live stands here in the right order, with
-- replaced versions in between. Which of them live is seen when the rows are read by id (`users_by_id`).
SELECT user_id AS id, version, ${columns}
FROM ${source}
WHERE project_id = {project_id:String} AND is_deleted = 0 AND (${where})
ORDER BY ${order}
LIMIT {limit:UInt32}
