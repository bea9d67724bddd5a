-- Measures of the traces that begin in each interval of a window, split into lines by a value of theirs.
SELECT intDiv(toUnixTimestamp64Micro(started_at) - {first_us:Int64}, {interval_us:Int64}) AS bucket, ${line} AS line,
    ${measures}
FROM ${source}
WHERE project_id = {project_id:String} AND ${where}
GROUP BY bucket, line
