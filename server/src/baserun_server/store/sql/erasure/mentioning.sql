-- Sessions whose rows, also earlier ones, name a user of whom they once were.
SELECT DISTINCT session_id FROM (
    SELECT session_id FROM sessions WHERE project_id = {project_id:String} AND hasAny(user_keys, {user_ids:Array(String)})
    UNION ALL
    SELECT session_id FROM session_keys WHERE project_id = {project_id:String} AND hasAny(user_keys, {user_ids:Array(String)})
)
