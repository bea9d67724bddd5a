-- Which of some users or sessions, found by their keys, were active in a window.
SELECT DISTINCT ${id} AS id
FROM activity FINAL
WHERE project_id = {project_id:String} AND (${where})
    AND day <= toDate(fromUnixTimestamp64Micro({to_us:Int64}, 'UTC'))
    AND first_at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC') AND last_at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')
