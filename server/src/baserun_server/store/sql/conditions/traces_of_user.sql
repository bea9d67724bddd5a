-- Traces of a user; the roll-up by user leads to their sessions by key.
effective_user IN {of_user:Array(String)} AND session_id IN (
    SELECT session_id FROM activity FINAL
    WHERE project_id = {project_id:String} AND user_id IN {of_user:Array(String)})
