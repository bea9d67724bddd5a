-- What arrives from now on under the ids of an erasure is kept again.
INSERT INTO erased (project_id, id_hash, kind, erasure_id, is_lifted, version, key_id)
SELECT project_id, id_hash, kind, erasure_id, 1, version + 1, key_id
FROM erased FINAL
WHERE project_id = {project_id:String} AND erasure_id = {erasure_id:String}
