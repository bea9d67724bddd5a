-- Tables that are there, with their columns and skip indexes.
SELECT name, columns, indexes
FROM (
    SELECT c.table AS name, groupArray(c.name) AS columns FROM system.columns AS c
    WHERE c.database = currentDatabase() GROUP BY c.table
) AS tables
LEFT JOIN (
    SELECT i.table AS name, groupArray(i.name) AS indexes FROM system.data_skipping_indices AS i
    WHERE i.database = currentDatabase() GROUP BY i.table
) AS skipping USING (name)
