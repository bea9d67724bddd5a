-- Activity in sessions that were active before and after a window; replaced rows add some more.
(user_id, session_id) IN (
    SELECT arrayJoin(user_keys), session_id FROM sessions
    WHERE project_id = {project_id:String} AND started_at < ${window_begin} AND last_activity > ${window_end})
