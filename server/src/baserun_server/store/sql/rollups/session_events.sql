-- Everything that was said about sessions.
SELECT session_id, toUnixTimestamp64Micro(at) AS at_us, event_id, kind, user_id, name, outcome, metadata
FROM session_events FINAL
WHERE project_id = {project_id:String} AND session_id IN {session_ids:Array(String)}
