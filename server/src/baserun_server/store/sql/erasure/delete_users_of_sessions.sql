-- Delete a user from the sessions that others took part in.
ALTER TABLE ${table} ${on_cluster}
UPDATE user_keys = arrayFilter(id -> NOT has({user_ids:Array(String)}, id), user_keys)
WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
