-- Sessions that another worker computed later than with this version.
SELECT session_id AS id, max(sessions.version) AS version
FROM sessions
WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
GROUP BY session_id
HAVING max(sessions.version) > {version:UInt64}
