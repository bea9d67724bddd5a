-- Facts about what must not come back: a mark for every user, session, trace and call of an erasure, by a keyed hash of its
-- id. What arrives later under one of them is refused until the erasure is lifted. Read with FINAL.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    id_hash UInt64,                                 -- of kind and id (`erasure/mark_keys.py`)
    kind LowCardinality(String),                    -- user, session, trace, call
    erasure_id String CODEC(ZSTD(1)),
    is_lifted UInt8,
    version UInt64,
    key_id LowCardinality(String)                   -- name of the key; '' of a mark that an earlier version made without one
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, id_hash)
SETTINGS index_granularity = 1024, fsync_after_insert = 1
