SELECT project_id, quarter_at AS started_at, * EXCEPT (project_id, quarter_at)
FROM (
    SELECT project_id, toDateTime64(toStartOfFifteenMinutes(toDateTime(t.started_at, 'UTC')), 6, 'UTC') AS quarter_at,
        ${of_a_quarter}
    FROM ${traces} AS t
    WHERE project_id = {project_id:String} AND t.started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
        AND t.started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
        AND (toUnixTimestamp(toStartOfHour(t.started_at)) IN {stale:Array(UInt32)}
            OR t.started_at < fromUnixTimestamp64Micro({first_us_whole:Int64}, 'UTC')
            OR t.started_at >= fromUnixTimestamp64Micro({end_us_whole:Int64}, 'UTC'))
    GROUP BY project_id, quarter_at
)
