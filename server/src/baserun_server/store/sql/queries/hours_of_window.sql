-- The hours of a window in which anything ever changed: as of when, and as of when they were computed for charts.
SELECT toUnixTimestamp(hour) AS hour_s, maxIf(version, level = 0) AS changed, maxIf(version, level = 1) AS computed
FROM (
    SELECT hour, version, 0 AS level FROM hour_versions
    WHERE project_id = {project_id:String} AND hour >= toDateTime({first_s:UInt32}, 'UTC') AND hour <= toDateTime({last_s:UInt32}, 'UTC')
    UNION ALL
    SELECT hour, version, 1 AS level FROM quarter_hours_reckoned
    WHERE project_id = {project_id:String} AND hour >= toDateTime({first_s:UInt32}, 'UTC') AND hour <= toDateTime({last_s:UInt32}, 'UTC')
)
GROUP BY hour
ORDER BY hour
