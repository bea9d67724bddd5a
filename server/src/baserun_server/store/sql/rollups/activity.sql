-- The part of each session that belongs to a user on a day, from traces; and tombstones for every row that the touched
-- sessions, and the touched users without a session on the touched days, ever had. Runs after `sessions`, whose
-- `user_keys` then name every user whose rows may have to go.
INSERT INTO activity
WITH touched AS (${touched_sessions}),
     cells AS (
         -- Days of users' traces without a session.
         SELECT DISTINCT toDate(first_hour) + arrayJoin(range(toUInt32(dateDiff('day', first_hour, last_hour)) + 1)) AS day,
                arrayJoin(user_ids) AS user_id
         FROM (${touched_traces})
         WHERE has(session_ids, '')
     )
SELECT {project_id:String} AS project_id, part.user_id AS user_id, part.session_id AS session_id, part.day AS day,
       min(part.first_at) AS first_at,
       max(part.last_at) AS last_at,
       ${sums},
       arraySort(groupUniqArrayArray(part.models)) AS models,
       min(part.derived) AS derived,
       {version:UInt64} + 1 AS version,
       0 AS is_deleted
FROM (
    SELECT multiIf(s.assigned_user != '', s.assigned_user, t.app_user != '', t.app_user, s.app_user != '', s.app_user,
                   t.provider_user != '', t.provider_user, s.provider_user) AS user_id,
           t.session_id AS session_id, t.day AS day, t.started_at AS first_at, t.ended_at AS last_at,
           1 AS traces, t.spans_total AS spans_total, t.llm_calls AS llm_calls, t.input_tokens AS input_tokens,
           t.output_tokens AS output_tokens, t.cached_tokens AS cached_tokens, t.reasoning_tokens AS reasoning_tokens,
           t.cost_nano_usd AS cost_nano_usd, t.unpriced_calls AS unpriced_calls, t.errors AS errors,
           t.tool_calls AS tool_calls, t.feedback_up AS feedback_up, t.feedback_down AS feedback_down,
           t.latency AS latency, t.models AS models,
           s.assigned_user = '' AND t.app_user = '' AND s.app_user = '' AS derived
    FROM (
        SELECT * FROM traces FINAL
        WHERE project_id = {project_id:String} AND session_id != '' AND (day, session_id) IN (
            SELECT arrayJoin(days), session_id FROM sessions
            WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
        )
    ) AS t
    INNER JOIN (
        SELECT session_id, assigned_user, app_user, provider_user FROM sessions FINAL
        WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
    ) AS s ON s.session_id = t.session_id
    UNION ALL
    SELECT user_id, '' AS session_id, day, started_at, ended_at, 1, spans_total, llm_calls, input_tokens, output_tokens,
           cached_tokens, reasoning_tokens, cost_nano_usd, unpriced_calls, errors, tool_calls, feedback_up,
           feedback_down, latency, models, app_user = ''
    FROM traces FINAL
    WHERE project_id = {project_id:String} AND session_id = '' AND user_id != ''
      AND (day, user_id) IN (SELECT day, user_id FROM cells)
    UNION ALL
    -- A session that was started or judged belongs to its user on that day, even without a trace.
    SELECT s.user_id, s.session_id, toDate(f.at), f.at, f.at, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, f.up, f.down,
           CAST(map(), 'Map(UInt16, UInt32)'), CAST([], 'Array(LowCardinality(String))'),
           s.assigned_user = '' AND s.app_user = ''
    FROM (
        SELECT session_id, at, 0 AS up, 0 AS down FROM session_events FINAL
        WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched) AND kind != 'assign'
        UNION ALL
        SELECT session_id, at, scores.up, scores.down FROM scores FINAL
        WHERE project_id = {project_id:String} AND trace_id = '' AND response_id = '' AND completion_id = ''
          AND session_id IN (SELECT session_id FROM touched)
    ) AS f
    INNER JOIN (
        SELECT session_id, user_id, assigned_user, app_user FROM sessions FINAL
        WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
    ) AS s ON s.session_id = f.session_id
) AS part
GROUP BY part.user_id, part.session_id, part.day
UNION ALL
SELECT * REPLACE ({version:UInt64} AS version, 1 AS is_deleted)
FROM activity FINAL
WHERE project_id = {project_id:String} AND (user_id, session_id) IN (
    SELECT arrayJoin(arrayPushBack(user_keys, '')), session_id FROM sessions
    WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
)
UNION ALL
SELECT * REPLACE ({version:UInt64} AS version, 1 AS is_deleted)
FROM activity FINAL
WHERE project_id = {project_id:String} AND session_id = '' AND (user_id, day) IN (SELECT user_id, day FROM cells)
