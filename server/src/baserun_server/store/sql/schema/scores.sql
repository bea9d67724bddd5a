-- Facts: judgements. A score belongs to the most exact of the ids that it names: the trace (by trace_id, or by the
-- provider's or our id of one of its calls), else the session, else the user; the key finds it by any of these, with
-- the ones before it being ''. What a score concerns never changes. Read with FINAL.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    score_id String CODEC(ZSTD(1)),
    name LowCardinality(String),
    value Nullable(Float64),
    label LowCardinality(String),
    comment String CODEC(ZSTD(1)),
    source LowCardinality(String),                  -- feedback, check, evaluation
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    response_id String CODEC(ZSTD(1)),
    completion_id String CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),                 -- JSON text
    at DateTime64(6, 'UTC'),
    received_at DateTime64(6, 'UTC'),
    up UInt8 MATERIALIZED source = 'feedback' AND (label = 'up' OR label != 'down' AND ifNull(value > 0.5, 0)),
    down UInt8 MATERIALIZED source = 'feedback' AND (label = 'down' OR label != 'up' AND ifNull(value <= 0.5, 0)),
    version UInt64,
    batch_id UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, trace_id, response_id, completion_id, session_id, user_id, score_id)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1
