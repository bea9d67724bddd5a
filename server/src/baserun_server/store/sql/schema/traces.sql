-- Roll-up: one live row a trace, recomputed from `spans` (and `scores`, `log_entries`), never added to. Read with FINAL.
-- Who the user of a trace is, is settled with its session (table `sessions`), by `fragments/user_of_trace.sql`.
-- `user_id` here is what the trace itself says: of a trace without a session it is the user.
-- shard by: cityHash64(trace_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    day Date,                                       -- of started_at
    session_id String CODEC(ZSTD(1)),               -- '' for none
    user_id String CODEC(ZSTD(1)),                  -- app_user, else provider_user
    trace_id String CODEC(ZSTD(1)),
    app_user String CODEC(ZSTD(1)),                 -- said by the application: by the root, else by the earliest span that says one
    provider_user String CODEC(ZSTD(1)),            -- the same from the provider's own field
    sessions_said Array(Tuple(value String, source String, span_id String, attribute String)) CODEC(ZSTD(1)),
    users_said Array(Tuple(value String, source String, span_id String, attribute String)) CODEC(ZSTD(1)),
                                                    -- each distinct value with its origin, the one that holds first;
                                                    -- source: application or provider
    name String CODEC(ZSTD(1)),
    started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    ended_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    status LowCardinality(String),                  -- error: the root failed, or something failed and the root says nothing
    ${number_columns_of_trace},                     -- calls that are duplicates of one another count once; errors are failing spans without a failing child
    model_us Int64,                                 -- durations of its LLM spans, added up
    tool_us Int64,
    latency Map(UInt16, UInt32) CODEC(ZSTD(1)),     -- LLM calls by duration: bucket n holds 1.05^(n-1) < ms <= 1.05^n
    models Array(LowCardinality(String)),
    providers Array(LowCardinality(String)),
    tags Array(LowCardinality(String)),
    environment LowCardinality(String),
    release LowCardinality(String),
    metadata Map(String, String) CODEC(ZSTD(1)),    -- value: JSON text
    input_preview String CODEC(ZSTD(1)),            -- what the person newly said, at most 200 characters
    output_preview String CODEC(ZSTD(1)),
    version UInt64,
    is_deleted UInt8
)
ENGINE = ${engine}ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (project_id, day, session_id, user_id, trace_id)
SETTINGS index_granularity = 256, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1
