SELECT project_id, quarter_at AS started_at, * EXCEPT (project_id, quarter_at)
FROM (
    SELECT project_id, toDateTime64(toStartOfFifteenMinutes(toDateTime(one.started_at, 'UTC')), 6, 'UTC') AS quarter_at,
        ${of_a_quarter}
    FROM ${traces} AS one
    WHERE project_id = {project_id:String} AND one.started_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
        AND one.started_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')
        AND (toUnixTimestamp(toStartOfHour(one.started_at)) IN {stale:Array(UInt32)}
            OR one.started_at < fromUnixTimestamp64Micro({first_us_whole:Int64}, 'UTC')
            OR one.started_at >= fromUnixTimestamp64Micro({end_us_whole:Int64}, 'UTC'))
    GROUP BY project_id, quarter_at
)
