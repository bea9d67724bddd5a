-- The commonest values of a field among the rows of a list; those that are too long for any filter are left out.
SELECT value, count() AS count
FROM (
    SELECT ${value} AS value
    FROM ${source}
    WHERE project_id = {project_id:String} AND (${where})
)
WHERE value != '' AND length(value) <= 4000 AND startsWith(lowerUTF8(value), lowerUTF8({prefix:String}))
GROUP BY value
ORDER BY count DESC, value
LIMIT {limit:UInt32}
