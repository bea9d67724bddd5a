-- Where the spans of a trace are: the hours, sessions and users that any of its spans ever named. It only grows, so that
-- it is right whatever is written twice or late. A trace is looked up here by its id; with the answer its spans and its
-- row in `traces` are found by whole keys. Read with GROUP BY (min, max, groupUniqArrayArray), never row by row.
-- shard by: cityHash64(trace_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    first_hour SimpleAggregateFunction(min, DateTime('UTC')),
    last_hour SimpleAggregateFunction(max, DateTime('UTC')),
    session_ids SimpleAggregateFunction(groupUniqArrayArray, Array(String)),   -- as spans say, '' included where one said none
    user_ids SimpleAggregateFunction(groupUniqArrayArray, Array(String)),      -- of application and provider, without ''
    first_batch SimpleAggregateFunction(min, UInt64),                          -- `batch_id` of the rows in `spans`; when they are
    last_batch SimpleAggregateFunction(max, UInt64),                           -- equal, one batch brought all spans of the trace
    reckoned SimpleAggregateFunction(max, UInt64)                              -- where workers share the store: version of the newest row in `traces`, from before it is written
)
ENGINE = ${engine}AggregatingMergeTree
ORDER BY (project_id, trace_id)
SETTINGS index_granularity = 128, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1
