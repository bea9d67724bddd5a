-- From where to where the values of a number reach among the rows of a list.
SELECT count(value) AS rows, min(value) AS low, minIf(value, value > 0) AS low_positive, max(value) AS high
FROM (
    SELECT ${value} AS value
    FROM ${source}
    WHERE project_id = {project_id:String} AND (${where})
)
