-- How many users there are under the conditions of a list.
SELECT count() AS value
FROM users FINAL
WHERE project_id = {project_id:String} AND ${where}
