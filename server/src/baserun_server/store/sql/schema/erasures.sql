-- Receipts of erasures, part by part: what was found and taken out of the tables (part `tables`), out of each log
-- (`log …`), that it is gone from the disk (`disk`), what was refused afterwards (`refused …`, one a batch), that it was
-- lifted (`lifted`). No id of a person stands here. Read with FINAL.
-- shard by: cityHash64(project_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    erasure_id String CODEC(ZSTD(1)),
    part String CODEC(ZSTD(1)),
    counts Map(String, UInt64) CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC'),
    version UInt64
)
ENGINE = ${engine}ReplacingMergeTree(version)
ORDER BY (project_id, erasure_id, part)
SETTINGS fsync_after_insert = 1
