-- Delete the rows that were not computed again: nothing that is stored stands behind them.
INSERT INTO ${table}
SELECT * REPLACE ({version:UInt64} AS version, 1 AS is_deleted)
FROM ${table} AS old FINAL
WHERE old.version < {version:UInt64}
