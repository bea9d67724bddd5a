-- Those of these ids under which anything was recorded besides the link.
SELECT DISTINCT user_id FROM (
    SELECT user_id FROM activity FINAL WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
    UNION ALL
    SELECT arrayJoin(user_ids) AS user_id FROM trace_keys
    WHERE project_id = {project_id:String} AND hasAny(user_ids, {user_ids:Array(String)})
    UNION ALL
    SELECT user_id FROM session_events WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
    UNION ALL
    SELECT user_id FROM user_events
    WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)} AND alias = ''
    UNION ALL
    SELECT user_id FROM scores WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
    UNION ALL
    SELECT user_id FROM log_entries WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
)
WHERE user_id IN {user_ids:Array(String)}
