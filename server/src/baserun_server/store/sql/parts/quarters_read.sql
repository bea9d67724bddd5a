SELECT project_id, quarter_at AS started_at, * EXCEPT (project_id, quarter_at)
FROM (
    SELECT project_id, toDateTime64(toStartOfFifteenMinutes(toDateTime(part.started_at, 'UTC')), 6, 'UTC') AS quarter_at,
        ${of_a_quarter}
    FROM ${traces} AS part
    WHERE project_id = {project_id:String} AND part.started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
        AND part.started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
        AND (toUnixTimestamp(toStartOfHour(part.started_at)) IN {stale:Array(UInt32)}
            OR part.started_at < fromUnixTimestamp64Micro({first_us_whole:Int64}, 'UTC')
            OR part.started_at >= fromUnixTimestamp64Micro({end_us_whole:Int64}, 'UTC'))
    GROUP BY project_id, quarter_at
)
