-- Traces from before there was this table are the hours that changed.
INSERT INTO hour_versions (project_id, hour, version)
SELECT project_id, toStartOfHour(started_at) AS hour, max(version)
FROM traces
WHERE (SELECT count() FROM hour_versions) = 0
GROUP BY project_id, hour
