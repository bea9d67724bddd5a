-- Which erasures were made, with the parts that are done.
SELECT project_id, erasure_id, groupArray(part) AS parts
FROM erasures FINAL
WHERE NOT startsWith(part, 'refused')
GROUP BY project_id, erasure_id
