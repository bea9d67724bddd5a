-- Traces of which any span ever named a user, and their sessions.
SELECT trace_id, arrayFilter(id -> id != '', groupUniqArrayArray(session_ids)) AS session_ids
FROM trace_keys
WHERE project_id = {project_id:String}
GROUP BY trace_id
HAVING hasAny(groupUniqArrayArray(user_ids), {user_ids:Array(String)})
