-- How many rows of a list have a value in each bin; the last bin holds its upper edge.
SELECT least(arrayCount(edge -> edge <= assumeNotNull(value), {edges:Array(Float64)}), {bins:UInt32}) - 1 AS bin, count() AS count
FROM (
    SELECT ${value} AS value
    FROM ${source}
    WHERE project_id = {project_id:String} AND (${where})
)
WHERE isNotNull(value)
GROUP BY bin
ORDER BY bin
