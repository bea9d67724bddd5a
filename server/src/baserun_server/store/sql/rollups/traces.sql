-- Traces from their spans: new rows with the greater version, and tombstones for every row that a touched trace had,
-- in one insert. Where the key has not changed the new row wins.
INSERT INTO traces
SELECT {project_id:String} AS project_id,
       toDate(s.first_at) AS day,
       if(empty(s.sessions_said), '', s.sessions_said[1].1) AS session_id,
       if(s.app_user != '', s.app_user, s.provider_user) AS user_id,
       s.trace_id AS trace_id,
       s.app_user, s.provider_user, s.sessions_said, s.users_said, s.name, s.first_at, s.last_at,
       multiIf(s.root_status != 'unset', s.root_status, s.errors > 0, 'error', 'unset') AS status,
       s.spans_total, s.llm_calls, s.input_tokens, s.output_tokens, s.cached_tokens, s.reasoning_tokens,
       s.cost_nano_usd, s.unpriced_calls, s.errors, s.tool_calls,
       toUInt32(f.up + transform(s.trace_id, {judged_traces:Array(String)}, {judged_up:Array(UInt32)}, toUInt32(0))) AS feedback_up,
       toUInt32(f.down + transform(s.trace_id, {judged_traces:Array(String)}, {judged_down:Array(UInt32)}, toUInt32(0))) AS feedback_down,
       s.latency, s.models, s.providers, s.tags, s.environment, s.release,
       mapUpdate(s.metadata, u.metadata) AS metadata,
       s.input_preview,
       if(u.output != '', leftUTF8(u.output, 200), s.output_preview) AS output_preview,
       {version:UInt64} + 1 AS version,
       0 AS is_deleted
FROM (
    SELECT trace_id,
           min(started_at) AS first_at,
           max(ended_at) AS last_at,
           -- By precedence: the root, then by start.
           arraySort(groupArrayIf((parent_span_id != '', started_at, span_id, session_id, session_attribute), session_id != '')) AS sessions_ranked,
           arraySort(groupArrayIf((parent_span_id != '', started_at, span_id, user_id, user_attribute), user_id != '')) AS users_ranked,
           arraySort(groupArrayIf((parent_span_id != '', started_at, span_id, spans.provider_user, provider_user_attribute), spans.provider_user != '')) AS provider_users_ranked,
           arrayMap(x -> (x.4, 'application', x.3, x.5), sessions_ranked) AS all_sessions_said,
           arrayConcat(arrayMap(x -> (x.4, 'application', x.3, x.5), users_ranked),
                       arrayMap(x -> (x.4, 'provider', x.3, x.5), provider_users_ranked)) AS all_users_said,
           arrayFilter((x, nth) -> nth = 1, all_sessions_said, arrayEnumerateUniq(all_sessions_said.1)) AS sessions_said,
           arrayFilter((x, nth) -> nth = 1, all_users_said, arrayEnumerateUniq(all_users_said.1)) AS users_said,
           if(empty(users_ranked), '', users_ranked[1].4) AS app_user,
           if(empty(provider_users_ranked), '', provider_users_ranked[1].4) AS provider_user,
           if(countIf(trace_name != '') > 0,
              argMinIf(trace_name, (parent_span_id != '', started_at, span_id), trace_name != ''),
              argMin(spans.name, (parent_span_id != '', started_at, span_id))) AS name,
           argMin(spans.status, (parent_span_id != '', started_at, span_id)) AS root_status,
           count() AS spans_total,
           countIf(counts) AS llm_calls,
           sumIf(ifNull(spans.input_tokens, 0), counts) AS input_tokens,
           sumIf(ifNull(spans.output_tokens, 0), counts) AS output_tokens,
           sumIf(ifNull(spans.cached_tokens, 0), counts) AS cached_tokens,
           sumIf(ifNull(spans.reasoning_tokens, 0), counts) AS reasoning_tokens,
           sumIf(ifNull(spans.cost_nano_usd, 0), counts) AS cost_nano_usd,
           countIf(counts AND spans.cost_nano_usd IS NULL) AS unpriced_calls,
           -- One failure fails every span around it: counted where no child failed.
           countIf(spans.status = 'error') - length(arrayIntersect(
               groupUniqArrayIf(span_id, spans.status = 'error'),
               groupUniqArrayIf(parent_span_id, spans.status = 'error' AND parent_span_id != span_id))) AS errors,
           countIf(kind = 'tool') AS tool_calls,
           CAST(sumMapIf(map(toUInt16(ceil(log(greatest(1, dateDiff('microsecond', started_at, ended_at) / 1000)) / log(1.05))), 1), counts), 'Map(UInt16, UInt32)') AS latency,
           arraySort(groupUniqArrayIf(model, counts AND model != '')) AS models,
           arraySort(groupUniqArrayIf(provider, counts AND provider != '')) AS providers,
           arraySort(groupUniqArrayArray(spans.tags)) AS tags,
           argMinIf(spans.environment, (parent_span_id != '', started_at, span_id), spans.environment != '') AS environment,
           argMinIf(spans.release, (parent_span_id != '', started_at, span_id), spans.release != '') AS release,
           CAST(JSONExtractKeysAndValuesRaw(argMinIf(spans.metadata, (parent_span_id != '', started_at, span_id), spans.metadata != '')), 'Map(String, String)') AS metadata,
           argMinIf(spans.input_preview, (kind != 'llm', started_at, span_id), spans.input_preview != '') AS input_preview,
           argMaxIf(spans.output_preview, (kind = 'llm', ended_at, span_id), spans.output_preview != '') AS output_preview
    FROM (
        SELECT *, kind = 'llm' AND concat(trace_id, span_id) NOT IN {duplicates:Array(String)} AS counts
        FROM (${latest_spans})
    ) AS spans
    GROUP BY trace_id
) AS s
LEFT JOIN (
    SELECT trace_id, sum(up) AS up, sum(down) AS down
    FROM scores FINAL
    WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND trace_id != ''
    GROUP BY trace_id
) AS f ON f.trace_id = s.trace_id
LEFT JOIN (
    -- What the application said after the trace had ended; later words replace earlier ones.
    SELECT trace_id,
           arrayFold((known, update) -> mapUpdate(known, update.3),
                     arraySort(groupArray((at, log_id, CAST(JSONExtractKeysAndValuesRaw(log_entries.metadata), 'Map(String, String)')))),
                     CAST(map(), 'Map(String, String)')) AS metadata,
           argMaxIf(if(JSONType(body) = 'String', JSONExtractString(body), body), (at, log_id), body != '') AS output
    FROM log_entries FINAL
    WHERE project_id = {project_id:String} AND trace_id IN {trace_ids:Array(String)} AND trace_id != '' AND kind = 'update'
    GROUP BY trace_id
) AS u ON u.trace_id = s.trace_id
UNION ALL
SELECT * REPLACE ({version:UInt64} AS version, 1 AS is_deleted)
FROM traces FINAL
WHERE project_id = {project_id:String} AND (day, session_id, user_id, trace_id) IN (
    SELECT toDate(first_hour) + arrayJoin(range(toUInt32(dateDiff('day', first_hour, last_hour)) + 1)),
           arrayJoin(arrayDistinct(arrayPushBack(session_ids, ''))),
           arrayJoin(arrayDistinct(arrayPushBack(user_ids, ''))),
           trace_id
    FROM (${touched_traces})
)
