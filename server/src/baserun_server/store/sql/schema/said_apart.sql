-- Roll-up: what was newly said in an LLM call whose messages came in log entries of their own, as `spans.said` holds it
-- for all others. Whoever looks for words looks in both. Read with FINAL.
-- shard by: cityHash64(trace_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),               -- as the span itself says, or ''
    started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    said String CODEC(ZSTD(1)),
    version UInt64,
    is_deleted UInt8,
    INDEX by_word said TYPE text(tokenizer = icu('en'), preprocessor = lowerUTF8(translate(said, '.:_', '   ')))
)
ENGINE = ${engine}ReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, trace_id, span_id)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1
