-- Those of these sessions that are there.
SELECT session_id FROM sessions FINAL
WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
