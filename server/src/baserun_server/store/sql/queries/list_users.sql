-- A page of users: their ids and sort keys, in order. The rows follow by id (`users_by_id`).
SELECT user_id AS id, ${columns}
FROM ${source}
WHERE project_id = {project_id:String} AND ${where}
ORDER BY ${order}
LIMIT {limit:UInt32}
