-- Whether any score of the project names its call by id, so that it is worth looking for them.
SELECT 1 AS yes
FROM scores
WHERE project_id = {project_id:String} AND trace_id = '' AND (response_id != '' OR completion_id != '')
LIMIT 1
