-- How many rows of a table an erasure concerns.
SELECT count() AS found FROM ${table} WHERE project_id = {project_id:String} AND (${where})
