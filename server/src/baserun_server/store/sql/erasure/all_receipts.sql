-- Which erasures were made, with the parts that are done, and when the tables were.
SELECT project_id, erasure_id, groupArray(part) AS parts, toUnixTimestamp64Micro(maxIf(at, part = 'tables')) AS tables_us
FROM erasures FINAL
WHERE NOT startsWith(part, 'refused')
GROUP BY project_id, erasure_id
