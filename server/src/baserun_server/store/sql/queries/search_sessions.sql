-- Sessions with this id or name, or an id that begins so.
SELECT session_id AS id, name, first_input AS said, toUnixTimestamp64Micro(last_activity) AS at_us
FROM sessions FINAL
WHERE project_id = {project_id:String}
    AND (session_id = {wanted:String} OR name = {wanted:String}
        OR {by_prefix:UInt8} AND startsWith(session_id, {wanted:String}))
ORDER BY session_id = {wanted:String} DESC, last_activity DESC
LIMIT {limit:UInt32}
