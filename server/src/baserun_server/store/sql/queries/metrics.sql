-- Measures of the traces that begin in each interval of a window, split into lines by a value of theirs; and of all of them
-- together, from the same reading, in a row of its own.
SELECT grouping(bucket) AS of_all,
    intDiv(toUnixTimestamp64Micro(started_at) - {first_us:Int64}, {interval_us:Int64}) AS bucket, ${line} AS line,
    ${measures}
FROM ${source}
WHERE project_id = {project_id:String} AND (${where})
GROUP BY GROUPING SETS ((bucket, line), ())
