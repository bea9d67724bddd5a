-- Sessions from their traces, events and scores. `days` and `user_keys` only grow: they say where rows may stand that
-- must be found again to be replaced.
INSERT INTO sessions
WITH touched AS (${touched_sessions})
SELECT {project_id:String} AS project_id,
       k.session_id AS session_id,
       multiIf(assigned_user != '', assigned_user, app_user != '', app_user, provider_user) AS user_id,
       e.assigned_user AS assigned_user,
       if(e.app_user != '', e.app_user, t.app_user) AS app_user,
       t.provider_user AS provider_user,
       arraySort(arrayDistinct(arrayFilter(user -> user != '', arrayConcat([user_id], multiIf(
           assigned_user != '' OR t.traces = 0, [],
           t.without_app = 0, t.app_users,
           app_user != '', t.app_users,
           arrayConcat(t.app_users, t.provider_users)))))) AS users,
       arraySort(arrayDistinct(arrayConcat(o.user_keys, users))) AS user_keys,
       e.name, e.outcome, e.metadata,
       multiIf(t.traces > 0 AND e.starts > 0, least(t.started_at, e.first_start),
               t.traces > 0, t.started_at, e.starts > 0, e.first_start, e.ends > 0, e.last_end, f.first_at) AS started_at,
       multiIf(t.traces > 0 AND e.starts > 0, greatest(t.ended_at, e.last_start),
               t.traces > 0, t.ended_at, e.starts > 0, e.last_start, e.ends > 0, e.last_end, f.last_at) AS last_activity,
       if(e.ends > 0, e.last_end, NULL) AS ended_at,
       arraySort(arrayDistinct(arrayConcat(o.days, t.days))) AS days,
       t.traces, t.spans_total, t.llm_calls, t.input_tokens, t.output_tokens, t.cached_tokens, t.reasoning_tokens,
       t.cost_nano_usd, t.unpriced_calls, t.errors, t.tool_calls,
       t.feedback_up + f.up AS feedback_up,
       t.feedback_down + f.down AS feedback_down,
       t.latency, t.models, t.providers, t.tags, t.environment, t.release, t.first_input, t.last_output,
       {version:UInt64} AS version,
       t.traces = 0 AND e.starts = 0 AND e.ends = 0 AND f.scores = 0 AS is_deleted
FROM touched AS k
LEFT JOIN (
    SELECT session_id, ${sums},
           min(part.started_at) AS started_at,
           max(part.ended_at) AS ended_at,
           argMinIf(part.app_user, (part.started_at, trace_id), part.app_user != '') AS app_user,
           argMinIf(part.provider_user, (part.started_at, trace_id), part.provider_user != '') AS provider_user,
           groupUniqArray(part.app_user) AS app_users,
           countIf(part.app_user = '') AS without_app,
           groupUniqArrayIf(if(part.provider_user != '', part.provider_user, '') , part.app_user = '') AS provider_users,
           groupUniqArray(day) AS days,
           arraySort(groupUniqArrayArray(part.models)) AS models,
           arraySort(groupUniqArrayArray(part.providers)) AS providers,
           arraySort(groupUniqArrayArray(part.tags)) AS tags,
           argMaxIf(part.environment, (part.started_at, trace_id), part.environment != '') AS environment,
           argMaxIf(part.release, (part.started_at, trace_id), part.release != '') AS release,
           argMinIf(part.input_preview, (part.started_at, trace_id), part.input_preview != '') AS first_input,
           argMaxIf(part.output_preview, (part.started_at, trace_id), part.output_preview != '') AS last_output
    FROM (
        SELECT *, 1 AS traces
        FROM traces FINAL
        WHERE project_id = {project_id:String} AND (day, session_id) IN (
            SELECT arrayJoin(days), session_id FROM sessions
            WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
            UNION ALL
            SELECT toDate(first_hour) + arrayJoin(range(toUInt32(dateDiff('day', first_hour, last_hour)) + 1)),
                   arrayJoin(session_ids)
            FROM (${touched_traces})
        ) AND session_id != ''
    ) AS part
    GROUP BY session_id
) AS t ON t.session_id = k.session_id
LEFT JOIN (
    SELECT session_id,
           argMaxIf(user_id, (at, event_id), kind = 'assign') AS assigned_user,
           argMinIf(user_id, (at, event_id), kind != 'assign' AND user_id != '') AS app_user,
           argMaxIf(events.name, (at, event_id), events.name != '') AS name,
           argMaxIf(events.outcome, (at, event_id), kind = 'end') AS outcome,
           arrayFold((known, event) -> mapUpdate(known, event.3),
                     arraySort(groupArray((at, event_id, CAST(JSONExtractKeysAndValuesRaw(events.metadata), 'Map(String, String)')))),
                     CAST(map(), 'Map(String, String)')) AS metadata,
           countIf(kind = 'start') AS starts,
           countIf(kind = 'end') AS ends,
           minIf(at, kind = 'start') AS first_start,
           maxIf(at, kind = 'start') AS last_start,
           maxIf(at, kind = 'end') AS last_end
    FROM session_events AS events FINAL
    WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
    GROUP BY session_id
) AS e ON e.session_id = k.session_id
LEFT JOIN (
    SELECT session_id, count() AS scores, sum(scores.up) AS up, sum(scores.down) AS down, min(at) AS first_at, max(at) AS last_at
    FROM scores FINAL
    WHERE project_id = {project_id:String} AND trace_id = '' AND response_id = '' AND completion_id = ''
      AND session_id IN (SELECT session_id FROM touched)
    GROUP BY session_id
) AS f ON f.session_id = k.session_id
LEFT JOIN (
    SELECT session_id, groupUniqArrayArray(user_keys) AS user_keys, groupUniqArrayArray(days) AS days
    FROM sessions
    WHERE project_id = {project_id:String} AND session_id IN (SELECT session_id FROM touched)
    GROUP BY session_id
) AS o ON o.session_id = k.session_id
