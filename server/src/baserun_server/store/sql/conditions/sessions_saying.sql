-- Sessions with a span in which something was said. Spans may name no session where others of their trace do.
session_id IN (SELECT session_id FROM ${spans})
OR session_id IN (
    SELECT arrayJoin(session_ids) FROM trace_keys
    WHERE project_id = {project_id:String} AND trace_id IN (SELECT trace_id FROM ${spans} WHERE session_id = ''))
