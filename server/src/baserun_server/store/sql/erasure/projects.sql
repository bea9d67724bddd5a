-- Projects that have erased something, and the keys of their marks.
SELECT project_id, groupUniqArray(toString(key_id)) AS key_ids FROM erased GROUP BY project_id
