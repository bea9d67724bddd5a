-- Rows of a table that an erasure concerns are not there any more.
DELETE FROM ${table} ${on_cluster} WHERE project_id = {project_id:String} AND (${where})
