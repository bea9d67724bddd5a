-- The user who is also known by this id.
SELECT user_id AS id
FROM users FINAL
WHERE project_id = {project_id:String} AND has(aliases, {alias:String})
ORDER BY last_seen DESC
LIMIT 1
