-- The commonest values by which the traces of a window can be split.
SELECT ${value} AS value
FROM ${source}
WHERE project_id = {project_id:String} AND (${where})
GROUP BY value
ORDER BY count() DESC, value
LIMIT {limit:UInt32}
