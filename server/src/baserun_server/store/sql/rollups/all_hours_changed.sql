-- Note that everything that was computed for charts is out of date.
INSERT INTO hour_versions (project_id, hour, version)
SELECT project_id, hour, {version:UInt64}
FROM hour_versions
WHERE (${where})
GROUP BY project_id, hour
