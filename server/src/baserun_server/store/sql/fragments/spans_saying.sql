-- Spans in which something was said; messages may have come apart from their call.
(
    SELECT trace_id, session_id FROM spans WHERE project_id = {project_id:String} AND ${said}
    UNION ALL
    SELECT trace_id, session_id FROM said_apart FINAL WHERE project_id = {project_id:String} AND ${said})
