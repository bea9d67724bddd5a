-- What began in some hours of a day, by quarters of an hour; the version is that of the last change of each hour.
INSERT INTO quarter_hours (project_id, quarter, users, sessions, traces, failed, ${shown_numbers}, waits, latency, version)
SELECT project_id, toStartOfFifteenMinutes(toDateTime(started_at, 'UTC')) AS quarter,
    ${of_a_quarter},
    transform(toUnixTimestamp(toStartOfHour(quarter)), {hours:Array(UInt32)}, {versions:Array(UInt64)}, toUInt64(0)) AS version
FROM ${source} AS one
WHERE project_id = {project_id:String} AND toUnixTimestamp(toStartOfHour(started_at)) IN {hours:Array(UInt32)}
GROUP BY project_id, quarter
