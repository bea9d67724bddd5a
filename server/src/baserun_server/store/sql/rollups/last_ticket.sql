-- The greatest version that any worker has taken for a project.
SELECT max(version) AS version
FROM tickets
WHERE project_id = {project_id:String}
