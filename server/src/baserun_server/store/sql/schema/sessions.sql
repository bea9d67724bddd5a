-- Roll-up: one row a session, recomputed from `traces`, `session_events` and `scores`. Read with FINAL.
-- shard by: cityHash64(session_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),                  -- assigned_user, else app_user, else provider_user; '' for none
    assigned_user String CODEC(ZSTD(1)),            -- set through the API: wins over everything
    app_user String CODEC(ZSTD(1)),                 -- of the earliest start event that names one, else of the earliest trace that does
    provider_user String CODEC(ZSTD(1)),            -- of the earliest trace that has one
    users Array(String) CODEC(ZSTD(1)),             -- effective users of its traces and its own, sorted
    user_keys Array(String) CODEC(ZSTD(1)),         -- every user that it ever had, '' for none: where its rows in `activity` may stand
    name String CODEC(ZSTD(1)),
    outcome String CODEC(ZSTD(1)),
    metadata Map(String, String) CODEC(ZSTD(1)),    -- of its events; value: JSON text
    started_at DateTime64(6, 'UTC'),
    last_activity DateTime64(6, 'UTC'),
    ended_at Nullable(DateTime64(6, 'UTC')),        -- latest end event; the session is open again when last_activity is later
    days Array(Date) CODEC(ZSTD(1)),                -- every day that its traces ever started on: where its rows in `traces` may stand
    traces UInt32,
    ${number_columns},                              -- those of its traces; feedback on the session itself, too
    latency Map(UInt16, UInt32) CODEC(ZSTD(1)),
    models Array(LowCardinality(String)),
    providers Array(LowCardinality(String)),
    tags Array(LowCardinality(String)),
    environment LowCardinality(String),             -- of the latest trace that has one
    release LowCardinality(String),
    first_input String CODEC(ZSTD(1)),              -- previews, at most 200 characters
    last_output String CODEC(ZSTD(1)),
    version UInt64,
    is_deleted UInt8,
    INDEX by_person users TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ${engine}ReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, session_id)
SETTINGS index_granularity = 256, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1
