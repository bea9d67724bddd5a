-- The time strip of some days of a session: its traces in order of time, in buckets of equal numbers of traces that begin
-- anew with each day.
SELECT
    toString(day) AS of_day, intDiv(n - 1, {bucket:UInt32}) AS bucket, count() AS turns,
    toUnixTimestamp64Micro(min(started_at)) AS at_us, toUnixTimestamp64Micro(max(ended_at)) AS end_us,
    sum(toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at)) AS wait_us,
    sum(one.model_us) AS model_us, sum(one.tool_us) AS tool_us,
    sum(one.errors) AS errors, sum(one.feedback_up) AS feedback_up, sum(one.feedback_down) AS feedback_down
FROM (
    SELECT day, row_number() OVER (PARTITION BY day ORDER BY started_at, trace_id) AS n, started_at, ended_at,
        model_us, tool_us, errors, feedback_up, feedback_down
    FROM traces FINAL
    WHERE project_id = {project_id:String} AND day IN {days:Array(Date)} AND session_id = {session_id:String}
) AS one
GROUP BY day, bucket
ORDER BY day, bucket
