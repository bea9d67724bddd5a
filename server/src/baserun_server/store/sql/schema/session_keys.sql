-- Where rows of a session may stand, where several workers share the store: every day on which its traces ever started,
-- every user that it ever had ('' for none). It only grows, and it is written before the rows that it announces; a
-- worker that is alone finds the same in `sessions`. Read with GROUP BY, never row by row.
-- shard by: cityHash64(session_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    days SimpleAggregateFunction(groupUniqArrayArray, Array(Date)),
    user_keys SimpleAggregateFunction(groupUniqArrayArray, Array(String))
)
ENGINE = ${engine}AggregatingMergeTree
ORDER BY (project_id, session_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1
