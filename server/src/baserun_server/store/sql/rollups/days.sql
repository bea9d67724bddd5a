-- Days on which traces start, by project.
SELECT project_id, toUInt16(day) AS day
FROM (SELECT project_id, trace_id, toDate(min(first_hour)) AS day FROM trace_keys GROUP BY project_id, trace_id)
GROUP BY project_id, day
ORDER BY project_id, day
