-- Delete the rows of a table that an erasure concerns.
DELETE FROM ${table} ${on_cluster} WHERE project_id = {project_id:String} AND (${where})
