-- Tables from whose files deleted rows have not gone yet.
SELECT count() AS left
FROM ${mutations}
WHERE database = currentDatabase() AND command LIKE '%APPLY DELETED MASK%' AND NOT is_done
