-- What was told of users that have anything told of them, by id or by an alias.
SELECT user_id, traits
FROM users FINAL
WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)} AND notEmpty(traits)
UNION ALL
SELECT arrayJoin(arrayIntersect(aliases, {ids:Array(String)})) AS user_id, traits
FROM users FINAL
WHERE project_id = {project_id:String} AND hasAny(aliases, {ids:Array(String)}) AND notEmpty(traits)
