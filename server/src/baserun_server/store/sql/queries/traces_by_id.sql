-- Traces by id and place.
SELECT
    trace_id, version, session_id, user_id, app_user, provider_user, sessions_said, users_said, name,
    toUnixTimestamp64Micro(started_at) AS started_us, toUnixTimestamp64Micro(ended_at) AS ended_us,
    status, spans_total, models, tags, environment, release, metadata, input_preview, output_preview,
    ${shown_numbers}
FROM traces FINAL
WHERE project_id = {project_id:String} AND day >= {first_day:Date} AND day <= {last_day:Date}
    AND session_id IN {session_ids:Array(String)} AND trace_id IN {ids:Array(String)}
