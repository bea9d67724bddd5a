SELECT project_id, toDateTime64(quarter, 6, 'UTC') AS started_at, users, sessions, traces, failed, ${shown_numbers}, waits, latency
FROM quarter_hours FINAL
WHERE project_id = {project_id:String}
    AND quarter >= fromUnixTimestamp64Micro({first_us_whole:Int64}, 'UTC')
    AND quarter < fromUnixTimestamp64Micro({end_us_whole:Int64}, 'UTC')
    AND (toStartOfHour(quarter), version) IN {fresh:Array(Tuple(DateTime('UTC'), UInt64))}
