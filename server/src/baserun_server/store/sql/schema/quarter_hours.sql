-- Roll-up for charts: what began in each quarter of an hour. It is not kept up with every batch: an hour counts while its
-- `version` is the one in `quarter_hours_reckoned`, and that one is not older than the hour's in `hour_versions`; what
-- began in other hours is read from `traces`. Read with FINAL.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    quarter DateTime('UTC'),
    users AggregateFunction(uniqExactIf, UInt64, UInt8),      -- hashes of those who hold in the end
    sessions AggregateFunction(uniqExactIf, UInt64, UInt8),
    traces UInt64,
    failed UInt64,
    ${shown_number_columns},
    waits AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float64),
    latency Map(UInt16, UInt64) CODEC(ZSTD(1)),
    version UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(quarter)
ORDER BY (project_id, quarter)
SETTINGS index_granularity = 256, fsync_after_insert = 1
