-- Users of whom it was said that an id is theirs, or no longer; also those whose earlier rows still say so.
SELECT DISTINCT user_id FROM (
    SELECT user_id FROM user_events WHERE project_id = {project_id:String} AND alias IN {user_ids:Array(String)}
    UNION ALL
    SELECT user_id FROM users WHERE project_id = {project_id:String} AND hasAny(aliases, {user_ids:Array(String)})
)
