-- Roll-up: the part of a session that belongs to one user on one day; session_id '' holds the user's traces without a
-- session of that day. A user's numbers are the sums over these rows, exactly. Sessions without a user stand under
-- user_id ''; traces with neither have no row. Read with FINAL.
-- shard by: cityHash64(user_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    day Date,                                       -- on which the traces start
    first_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    last_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    traces UInt32,
    ${number_columns},
    latency Map(UInt16, UInt32) CODEC(ZSTD(1)),
    models Array(LowCardinality(String)),
    providers Array(LowCardinality(String)),
    tags Array(LowCardinality(String)),
    environments Array(LowCardinality(String)),
    releases Array(LowCardinality(String)),
    derived UInt8,                                  -- 1: every trace here got the user from a provider's own field
    version UInt64,
    is_deleted UInt8
)
ENGINE = ${engine}ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (project_id, user_id, session_id, day)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1
