-- How many traces there are under the conditions of a list.
SELECT count() AS value
FROM ${source}
WHERE project_id = {project_id:String} AND (${where})
