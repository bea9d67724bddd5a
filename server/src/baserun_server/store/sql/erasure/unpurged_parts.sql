-- Parts that still hold deleted rows, and replaced or detached ones from before a moment that are still on the disk.
SELECT table, multiIf(active, 'a part with deleted rows', 'a replaced part') AS what, name
FROM ${parts}
WHERE database = currentDatabase()
  AND (active AND has_lightweight_delete OR NOT active AND modification_time <= toDateTime({before_s:UInt32}))
UNION ALL
SELECT table, 'a detached part' AS what, name
FROM ${detached}
WHERE database = currentDatabase() AND modification_time <= toDateTime({before_s:UInt32})
