-- Projects that have erased something.
SELECT DISTINCT project_id FROM erased
