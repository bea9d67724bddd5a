-- Deletions from before a moment that are under way, or whose records name what they deleted.
SELECT table, 'a mutation' AS what, mutation_id AS name
FROM ${mutations}
WHERE database = currentDatabase() AND create_time <= toDateTime({before_s:UInt32})
  AND (NOT is_done OR command NOT LIKE '%APPLY DELETED MASK%')
