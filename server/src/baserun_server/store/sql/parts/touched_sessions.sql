SELECT DISTINCT arrayJoin(arrayConcat({session_ids:Array(String)},
    (SELECT groupUniqArrayArray(session_ids) FROM trace_keys
     WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}))) AS session_id
WHERE session_id != ''
