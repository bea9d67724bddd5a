-- Sessions and users that something was said about, whether they have traces or not.
SELECT project_id, groupUniqArray(session_id) AS session_ids, groupUniqArray(user_id) AS user_ids
FROM (
    SELECT project_id, session_id, '' AS user_id FROM session_events
    UNION ALL SELECT project_id, scores.session_id, scores.user_id FROM scores WHERE trace_id = ''
    UNION ALL SELECT project_id, '' AS session_id, user_events.user_id FROM user_events
)
GROUP BY project_id
