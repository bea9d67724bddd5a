-- Every id of the person who has one of these.
SELECT arrayDistinct(arrayConcat([user_id], aliases)) AS ids
FROM users FINAL
WHERE project_id = {project_id:String} AND (user_id = {user_id:String} OR has(aliases, {user_id:String}))
