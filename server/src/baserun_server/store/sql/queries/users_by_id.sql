-- Users by id.
SELECT
    user_id, version, traits, aliases,
    toUnixTimestamp64Micro(first_seen) AS first_seen_us, toUnixTimestamp64Micro(last_seen) AS last_seen_us,
    sessions, latency, models, derived,
    traces, ${shown_numbers}
FROM users FINAL
WHERE project_id = {project_id:String} AND user_id IN {ids:Array(String)}
