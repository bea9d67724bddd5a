-- A mark for each project that grows whenever something of it became visible: what readers compare to know whether to
-- read again.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    version UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY project_id
SETTINGS fsync_after_insert = 1
