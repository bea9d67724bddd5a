-- The newest change of anything that can be seen.
SELECT max(version) AS version FROM hour_versions WHERE project_id = {project_id:String}
