-- The time strip of a session: its traces in order of time, in buckets of equal numbers of traces.
SELECT
    intDiv(n - 1, {bucket:UInt32}) AS bucket, min(n) AS first_n, count() AS turns,
    toUnixTimestamp64Micro(min(started_at)) AS at_us, toUnixTimestamp64Micro(max(ended_at)) AS end_us,
    sum(toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at)) AS wait_us,
    sum(model_us) AS model_us, sum(tool_us) AS tool_us,
    sum(trace_errors) AS errors, sum(ups) AS feedback_up, sum(downs) AS feedback_down
FROM (
    SELECT row_number() OVER (ORDER BY started_at, trace_id) AS n, trace_id, started_at, ended_at,
        errors AS trace_errors, feedback_up AS ups, feedback_down AS downs
    FROM traces FINAL
    WHERE project_id = {project_id:String} AND day IN {days:Array(Date)}
        AND session_id = {session_id:String}
) AS turns_in_order
LEFT JOIN (
    SELECT trace_id, sumIf(took_us, kind = 'llm') AS model_us, sumIf(took_us, kind = 'tool') AS tool_us
    FROM (
        SELECT trace_id, kind, toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at) AS took_us
        FROM spans
        WHERE project_id = {project_id:String} AND toDate(started_at) IN {days:Array(Date)}
            AND session_id = {session_id:String} AND kind IN ('llm', 'tool')
        ORDER BY version DESC
        LIMIT 1 BY trace_id, span_id
    )
    GROUP BY trace_id
) AS times USING (trace_id)
GROUP BY bucket
ORDER BY bucket
