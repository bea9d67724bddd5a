-- As of which change of an hour its rows in `quarter_hours` were computed. Read with FINAL.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    hour DateTime('UTC'),
    version UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, hour)
SETTINGS fsync_after_insert = 1
