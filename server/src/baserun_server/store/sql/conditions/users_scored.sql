-- Users with a score of their own, or with a session or a trace that has one.
user_id IN (
    SELECT user_id FROM scores FINAL
    WHERE project_id = {project_id:String} AND ${score} AND trace_id = '' AND response_id = '' AND completion_id = ''
        AND session_id = '' AND user_id != '')
OR user_id IN (
    SELECT user_id FROM sessions FINAL
    WHERE project_id = {project_id:String} AND session_id IN (
        SELECT session_id FROM scores FINAL
        WHERE project_id = {project_id:String} AND ${score} AND trace_id = '' AND response_id = ''
            AND completion_id = '' AND session_id != ''))
OR ${users_of_traces}
