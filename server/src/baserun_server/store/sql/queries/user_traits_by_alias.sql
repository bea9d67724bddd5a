-- Traits of users that have any, by an alias.
SELECT arrayJoin(arrayIntersect(aliases, {ids:Array(String)})) AS user_id, traits
FROM users FINAL
WHERE project_id = {project_id:String} AND hasAny(aliases, {ids:Array(String)}) AND notEmpty(traits)
