-- Months that have spans.
SELECT DISTINCT toYYYYMM(started_at) AS month FROM spans ORDER BY month
