-- Traces of sessions, and of a user outside of sessions, in which something failed or was judged.
SELECT trace_id, session_id, app_user, provider_user, users_said, errors, feedback_up, feedback_down,
    toUnixTimestamp64Micro(started_at) AS started_us, toUnixTimestamp64Micro(ended_at) AS ended_us,
    input_preview, output_preview
FROM traces FINAL
WHERE project_id = {project_id:String} AND day IN {days:Array(Date)} AND session_id IN {session_ids:Array(String)}
    AND (session_id != '' OR user_id IN {user_ids:Array(String)})
    AND (errors > 0 OR feedback_up > 0 OR feedback_down > 0)
ORDER BY started_at DESC
LIMIT 1000
