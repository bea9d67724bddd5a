-- Traces with a score for which ${score} is true. A score names its trace, or a call in it by an id; where no score does
-- that, no call is looked for.
trace_id IN (
    SELECT trace_id FROM scores FINAL WHERE project_id = {project_id:String} AND ${score} AND trace_id != ''
    UNION DISTINCT
    SELECT trace_id FROM spans
    WHERE project_id = {project_id:String}
        AND (
            SELECT count() > 0 FROM scores
            WHERE project_id = {project_id:String} AND trace_id = '' AND (response_id != '' OR completion_id != ''))
        AND (response_id != '' AND response_id IN (
                SELECT response_id FROM scores FINAL
                WHERE project_id = {project_id:String} AND ${score} AND trace_id = '')
            OR completion_id != '' AND completion_id IN (
                SELECT completion_id FROM scores FINAL
                WHERE project_id = {project_id:String} AND ${score} AND trace_id = ''))
)
