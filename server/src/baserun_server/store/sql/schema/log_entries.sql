-- Facts: what the application logged, tagged, or said later about a trace. Read with FINAL.
-- shard by: cityHash64(trace_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    log_id String CODEC(ZSTD(1)),
    kind LowCardinality(String),                    -- log, tag, variable, update (of a trace), loss (what the SDK had to drop), content (messages of an LLM call)
    name LowCardinality(String),
    body String CODEC(ZSTD(1)),                     -- JSON text
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    response_id String CODEC(ZSTD(1)),
    completion_id String CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),                 -- JSON text
    at DateTime64(6, 'UTC'),
    at_ns UInt16,                                   -- nanoseconds after `at`
    number UInt32,                                  -- place in its request: orders what has the same time
    received_at DateTime64(6, 'UTC'),
    version UInt64,
    batch_id UInt64,
    INDEX by_session session_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_user user_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, trace_id, log_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1
