-- Users from their activity, traits and scores. Runs after `activity`.
INSERT INTO users
WITH touched AS (${touched_users})
SELECT {project_id:String} AS project_id,
       k.user_id AS user_id,
       e.traits, e.aliases,
       arrayMin(arrayFilter(x -> x > 0, [a.first_at, e.first_at, f.first_at])) AS first_seen,
       greatest(a.last_at, e.last_at, f.last_at) AS last_seen,
       a.sessions, a.traces, a.spans_total, a.llm_calls, a.input_tokens, a.output_tokens, a.cached_tokens,
       a.reasoning_tokens, a.cost_nano_usd, a.unpriced_calls, a.errors, a.tool_calls,
       a.feedback_up + f.up AS feedback_up,
       a.feedback_down + f.down AS feedback_down,
       a.latency, a.models,
       a.rows > 0 AND a.derived AND e.events = 0 AS derived,
       {version:UInt64} AS version,
       a.rows = 0 AND e.events = 0 AND f.scores = 0 AS is_deleted
FROM touched AS k
LEFT JOIN (
    SELECT user_id, count() AS rows,
           min(part.first_at) AS first_at,
           max(part.last_at) AS last_at,
           uniqExactIf(session_id, session_id != '') AS sessions,
           ${sums},
           arraySort(groupUniqArrayArray(part.models)) AS models,
           min(part.derived) AS derived
    FROM activity AS part FINAL
    WHERE project_id = {project_id:String} AND user_id IN (SELECT user_id FROM touched)
    GROUP BY user_id
) AS a ON a.user_id = k.user_id
LEFT JOIN (
    SELECT user_id, count() AS events,
           arrayFold((known, event) -> mapUpdate(known, event.3),
                     arraySort(groupArray((at, event_id, CAST(JSONExtractKeysAndValuesRaw(traits), 'Map(String, String)')))),
                     CAST(map(), 'Map(String, String)')) AS traits,
           arraySort(groupUniqArrayIf(alias, alias != '')) AS aliases,
           min(at) AS first_at,
           max(at) AS last_at
    FROM (
        SELECT user_id, event_id, user_events.traits AS traits, alias, at FROM user_events FINAL
        WHERE project_id = {project_id:String} AND user_id IN (SELECT user_id FROM touched)
    )
    GROUP BY user_id
) AS e ON e.user_id = k.user_id
LEFT JOIN (
    SELECT user_id, count() AS scores, sum(scores.up) AS up, sum(scores.down) AS down, min(at) AS first_at, max(at) AS last_at
    FROM scores FINAL
    WHERE project_id = {project_id:String} AND trace_id = '' AND response_id = '' AND completion_id = '' AND session_id = ''
      AND user_id IN (SELECT user_id FROM touched)
    GROUP BY user_id
) AS f ON f.user_id = k.user_id
