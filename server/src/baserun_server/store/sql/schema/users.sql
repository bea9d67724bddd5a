-- Roll-up: one row a user, recomputed from `activity`, `user_events` and `scores`. Read with FINAL.
-- shard by: cityHash64(user_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    traits Map(String, String) CODEC(ZSTD(1)),      -- value: JSON text; the latest value of each
    aliases Array(String) CODEC(ZSTD(1)),           -- every other id of the same person: their activity is in the numbers, and they have no row
    first_seen DateTime64(6, 'UTC'),
    last_seen DateTime64(6, 'UTC'),
    sessions UInt64,
    traces UInt64,
    ${number_columns},                              -- those of the activity; feedback on the user, too
    latency Map(UInt16, UInt32) CODEC(ZSTD(1)),
    models Array(LowCardinality(String)),
    providers Array(LowCardinality(String)),
    tags Array(LowCardinality(String)),
    environments Array(LowCardinality(String)),
    releases Array(LowCardinality(String)),
    derived UInt8,                                  -- 1: every trace got this id from a provider's own field
    version UInt64,
    is_deleted UInt8,
    INDEX by_alias aliases TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${engine}ReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, user_id)
SETTINGS index_granularity = 128, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1
