-- Sessions with this id or name, or an id that begins so. Names are looked for without FINAL, which would merge the whole
-- table: a replaced row leads to a session that is then read as it is.
SELECT session_id AS id, name, first_input AS said, toUnixTimestamp64Micro(last_activity) AS at_us
FROM sessions FINAL
WHERE project_id = {project_id:String}
    AND (startsWith(session_id, {wanted:String}) AND ({by_prefix:UInt8} OR session_id = {wanted:String})
        OR name = {wanted:String}
            AND session_id IN (SELECT session_id FROM sessions WHERE project_id = {project_id:String} AND name = {wanted:String}))
ORDER BY session_id = {wanted:String} DESC, last_activity DESC
LIMIT {limit:UInt32}
