-- Traits of users by id.
SELECT user_id, traits
FROM users FINAL
WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)}
