-- Facts: start and end of a session, and its assignment to a user through the API. Read with FINAL.
-- shard by: cityHash64(session_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    kind LowCardinality(String),                    -- start, end, assign
    user_id String CODEC(ZSTD(1)),
    name String CODEC(ZSTD(1)),
    outcome String CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),                 -- JSON text
    at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    version UInt64,
    batch_id UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, session_id, event_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1
