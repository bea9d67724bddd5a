-- How a table is cut for a transfer: by project and hour, and where many rows lie in one hour, further by hash.
SELECT
    project_id,
    toUnixTimestamp(toStartOfHour(${moment})) AS hour,
    count() AS rows,
    toUInt32(intDiv(count() - 1, {part_rows:UInt32}) + 1) AS slices
FROM ${table} FINAL
GROUP BY project_id, hour
ORDER BY project_id, hour
