-- The greatest version that workers have taken for each project, where several of them share the store (`rollups/versions.py`).
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    version UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY project_id
SETTINGS fsync_after_insert = 1
