-- Sessions in which a user took part, or that somebody said to be the user's, with everyone who took one.
SELECT session_id, days, users
FROM sessions FINAL
WHERE project_id = {project_id:String} AND (
    session_id IN {session_ids:Array(String)}
    OR session_id IN (
        SELECT session_id FROM activity FINAL
        WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)} AND session_id != '')
    OR session_id IN (
        SELECT session_id FROM session_events FINAL
        WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}))
