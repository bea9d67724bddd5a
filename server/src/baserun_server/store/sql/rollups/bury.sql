-- Rows that were not reckoned again do not stand for anything that is stored.
INSERT INTO ${table}
SELECT * REPLACE ({version:UInt64} AS version, 1 AS is_deleted)
FROM ${table} AS old FINAL
WHERE old.version < {version:UInt64}
