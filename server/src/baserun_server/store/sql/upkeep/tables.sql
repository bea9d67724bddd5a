-- Tables that are there, with their columns, skip indexes, and engine with its settings.
SELECT name, columns, indexes, engine
FROM (
    SELECT c.table AS name, groupArray(c.name) AS columns FROM system.columns AS c
    WHERE c.database = currentDatabase() GROUP BY c.table
) AS tables
LEFT JOIN (
    SELECT i.table AS name, groupArray(i.name) AS indexes FROM system.data_skipping_indices AS i
    WHERE i.database = currentDatabase() GROUP BY i.table
) AS skipping USING (name)
LEFT JOIN (
    SELECT t.name AS name, t.engine_full AS engine FROM system.tables AS t WHERE t.database = currentDatabase()
) AS engines USING (name)
