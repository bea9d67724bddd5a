-- What began in some hours of a day, by quarters of an hour; the version is that of the last change of each hour.
INSERT INTO quarter_hours (project_id, quarter, users, sessions, traces, failed, llm_calls, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_nano_usd, unpriced_calls, errors, tool_calls, feedback_up, feedback_down, waits, latency, version)
SELECT project_id, toStartOfFifteenMinutes(toDateTime(started_at, 'UTC')) AS quarter,
    ${of_a_quarter},
    transform(toUnixTimestamp(toStartOfHour(quarter)), {hours:Array(UInt32)}, {versions:Array(UInt64)}, toUInt64(0)) AS version
FROM ${source} AS t
WHERE project_id = {project_id:String} AND toUnixTimestamp(toStartOfHour(started_at)) IN {hours:Array(UInt32)}
GROUP BY project_id, quarter
