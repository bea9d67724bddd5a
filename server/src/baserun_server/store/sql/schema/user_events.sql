-- Facts: traits and other ids of a user. Read with FINAL.
-- shard by: cityHash64(user_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    traits String CODEC(ZSTD(1)),                   -- JSON text
    alias String CODEC(ZSTD(1)),                    -- another id of the same person, or '' …
    unlinks UInt8,                                  -- … 1: one that no longer is
    at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    version UInt64,
    batch_id UInt64,
    confirmed UInt8,                                -- 1: said through the API, by somebody who may read
    INDEX by_alias alias TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, user_id, event_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1
