-- No trace without a span, and none twice.
SELECT project_id, trace_id AS id, 'rows' AS what, '1' AS expected, toString(count()) AS found
FROM traces FINAL
GROUP BY project_id, trace_id
HAVING count() != 1
UNION ALL
SELECT project_id, trace_id, 'spans', 'some', 'none'
FROM traces FINAL
WHERE (project_id, trace_id) NOT IN (SELECT project_id, trace_id FROM spans)
LIMIT 20
