-- Sessions by id.
SELECT
    session_id, version, user_id, assigned_user, app_user, provider_user, users, name, outcome, metadata,
    toUnixTimestamp64Micro(started_at) AS started_us, toUnixTimestamp64Micro(last_activity) AS last_activity_us,
    toUnixTimestamp64Micro(ended_at) AS ended_us, days,
    latency, models, tags, environment, release, first_input, last_output,
    traces, ${shown_numbers}
FROM sessions FINAL
WHERE project_id = {project_id:String} AND session_id IN {ids:Array(String)}
