-- Everything that an erasure marked.
SELECT id_hash FROM erased FINAL WHERE project_id = {project_id:String} AND erasure_id = {erasure_id:String}
