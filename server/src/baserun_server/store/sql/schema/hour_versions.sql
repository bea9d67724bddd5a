-- A mark for each hour of a project that grows whenever something of it became visible: of the traces that begin in it, or
-- of who their users are. The greatest of a project is what readers compare to know whether to read again; hour 0 holds
-- for what has no trace.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    hour DateTime('UTC'),
    version UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, hour)
SETTINGS fsync_after_insert = 1
