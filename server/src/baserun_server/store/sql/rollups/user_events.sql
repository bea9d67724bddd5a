-- Traits of users, as the application sent them.
SELECT user_id, toUnixTimestamp64Micro(at) AS at_us, event_id, traits
FROM user_events FINAL
WHERE project_id = {project_id:String} AND user_id IN {user_ids:Array(String)}
