-- What was said of other ids of users, or of users whose other ids these are, and whether through the API.
SELECT user_id, alias, toUnixTimestamp64Micro(at) AS at_us, event_id, unlinks, confirmed
FROM user_events FINAL
WHERE project_id = {project_id:String} AND alias != ''
  AND (user_id IN {ids:Array(String)} OR alias IN {ids:Array(String)})
