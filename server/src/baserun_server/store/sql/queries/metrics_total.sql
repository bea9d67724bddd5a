-- Measures of all traces that begin in a window.
SELECT ${measures}
FROM ${source}
WHERE project_id = {project_id:String} AND ${where}
