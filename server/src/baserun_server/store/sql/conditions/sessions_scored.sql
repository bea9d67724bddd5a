-- Sessions with a score of their own, or with a trace that has one.
session_id IN (
    SELECT session_id FROM scores FINAL
    WHERE project_id = {project_id:String} AND ${score} AND trace_id = '' AND response_id = '' AND completion_id = ''
        AND session_id != '')
OR session_id IN (
    SELECT session_id FROM traces FINAL
    WHERE project_id = {project_id:String} AND session_id != '' AND ${traces})
