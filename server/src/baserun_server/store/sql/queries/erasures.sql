-- Receipts, part by one.
SELECT erasure_id, part, counts, toUnixTimestamp64Micro(at) AS at_us
FROM erasures FINAL
WHERE project_id = {project_id:String} AND ({erasure_id:String} = '' OR erasure_id = {erasure_id:String})
ORDER BY erasure_id, part
