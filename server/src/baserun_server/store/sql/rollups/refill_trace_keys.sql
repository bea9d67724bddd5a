-- Fill `trace_keys` from the spans of a month. `trace_keys` only grows, so that this may be done at any time.
INSERT INTO trace_keys (project_id, trace_id, first_hour, last_hour, session_ids, user_ids, first_batch, last_batch)
SELECT project_id, trace_id, toStartOfHour(min(started_at)), toStartOfHour(max(started_at)),
       groupUniqArray(session_id), arrayFilter(user -> user != '', groupUniqArrayArray([user_id, provider_user])),
       min(batch_id), max(batch_id)
FROM spans
WHERE toYYYYMM(started_at) = {month:UInt32}
GROUP BY project_id, trace_id
