-- Which of these ids were erased.
SELECT id_hash, erasure_id, is_lifted
FROM erased FINAL
WHERE project_id = {project_id:String} AND id_hash IN {hashes:Array(UInt64)}
