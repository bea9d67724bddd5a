-- Users with this id, this alias, or an id that begins so.
SELECT user_id AS id, toUnixTimestamp64Micro(last_seen) AS at_us
FROM users FINAL
WHERE project_id = {project_id:String}
    AND (user_id = {wanted:String} OR has(aliases, {wanted:String})
        OR {by_prefix:UInt8} AND startsWith(user_id, {wanted:String}))
ORDER BY user_id = {wanted:String} DESC, last_seen DESC
LIMIT {limit:UInt32}
