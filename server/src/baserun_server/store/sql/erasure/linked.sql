-- Users of whom it was said that an id is theirs, or no longer.
SELECT DISTINCT user_id
FROM user_events FINAL
WHERE project_id = {project_id:String} AND alias IN {user_ids:Array(String)}
