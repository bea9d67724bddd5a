SELECT DISTINCT arrayJoin(arrayConcat({user_ids:Array(String)},
    (SELECT groupUniqArrayArray(user_ids) FROM trace_keys
     WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)}),
    (SELECT groupUniqArrayArray(user_keys) FROM sessions
     WHERE project_id = {project_id:String} AND session_id IN (${touched_sessions})))) AS user_id
WHERE user_id != ''
