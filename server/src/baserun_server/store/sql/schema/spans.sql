-- Facts: one row a span, as sent and normalised. Re-sent spans replace one another while their key is the same; a span
-- that is sent again with another session or hour stands under two keys. Every read of a trace therefore gathers the
-- rows by all keys of the trace (table `trace_keys`) and keeps the newest of each span:
--     ORDER BY version DESC LIMIT 1 BY trace_id, span_id
-- FINAL alone is not enough.
-- shard by: cityHash64(trace_id)
CREATE TABLE IF NOT EXISTS ${table} ${on_cluster} (
    project_id LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),                 -- 32 hex digits
    span_id String CODEC(ZSTD(1)),                  -- 16 hex digits
    parent_span_id String CODEC(ZSTD(1)),           -- '' for a root
    session_id String CODEC(ZSTD(1)),               -- as this span itself says, or ''; what holds for the trace is in `traces`
    user_id String CODEC(ZSTD(1)),                  -- the application's user as this span itself says, or ''
    provider_user String CODEC(ZSTD(1)),            -- the provider's own end-user field, or ''
    session_attribute LowCardinality(String),       -- the attribute that said so
    user_attribute LowCardinality(String),
    provider_user_attribute LowCardinality(String),
    kind LowCardinality(String),                    -- llm, tool, retrieval, agent, chain, embedding, other
    name LowCardinality(String),
    scope LowCardinality(String),                   -- the instrumentation that made it
    trace_name LowCardinality(String),              -- name that this span gives to its trace, or ''
    started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    ended_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    status LowCardinality(String),                  -- unset, ok, error
    status_message String CODEC(ZSTD(1)),
    error_type LowCardinality(String),
    provider LowCardinality(String),
    model LowCardinality(String),                   -- the model that answered, else the one asked for
    model_requested LowCardinality(String),
    response_id String CODEC(ZSTD(1)),              -- the provider's id of the call
    completion_id String CODEC(ZSTD(1)),            -- the id of the call in our SDK's 2.x form
    streaming UInt8,
    time_to_first_token_us Nullable(Int64),
    finish_reasons Array(LowCardinality(String)),
    input_tokens Nullable(Int64),                   -- NULL is unknown, never 0; cached tokens included
    output_tokens Nullable(Int64),                  -- reasoning tokens included
    cached_tokens Nullable(Int64),
    cache_write_tokens Nullable(Int64),
    reasoning_tokens Nullable(Int64),
    cost_nano_usd Nullable(Int64),
    cost_source LowCardinality(String),             -- computed, reported, or '' where there is no cost
    cost_reported_nano_usd Nullable(Int64),         -- what the sender said that it cost, whether that counts or not
    tool_name LowCardinality(String),
    tool_call_id String CODEC(ZSTD(1)),
    environment LowCardinality(String),
    release LowCardinality(String),
    service LowCardinality(String),
    tags Array(LowCardinality(String)),
    marks Array(LowCardinality(String)),            -- what the server repaired or noticed
    input_preview String CODEC(ZSTD(1)),            -- what the person newly said, else what went in; at most 200 characters
    output_preview String CODEC(ZSTD(1)),
    said String CODEC(ZSTD(1)),                     -- newly said: by the user, a record separator (1E), by the assistant
    received_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1)),           -- received_at, then a hash of the content: the newest row of a span wins
    batch_id UInt64 CODEC(ZSTD(1)),                 -- hash of the batch's token: proves that a batch was stored
    -- Content: JSON text, '' where there is none. Read only with whole keys.
    input_messages String CODEC(ZSTD(1)),
    output_messages String CODEC(ZSTD(1)),
    tool_definitions String CODEC(ZSTD(1)),
    parameters String CODEC(ZSTD(1)),
    input String CODEC(ZSTD(1)),
    output String CODEC(ZSTD(1)),
    tool_arguments String CODEC(ZSTD(1)),
    tool_result String CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),
    events String CODEC(ZSTD(1)),                   -- [{name, at_us, attributes}]
    attributes String CODEC(ZSTD(1)),               -- everything as sent, `resource` and `scope` inside
    INDEX by_arrival received_at TYPE minmax GRANULARITY 1,   -- what was stored lately is counted without a look at the rest
    INDEX by_response response_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_completion completion_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_word said TYPE text(tokenizer = icu('en'), preprocessor = lowerUTF8(translate(said, '.:_', '   ')))
)
ENGINE = ${engine}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(started_at)
ORDER BY (project_id, toStartOfHour(started_at), session_id, trace_id, span_id)
SETTINGS index_granularity = 1024, index_granularity_bytes = 2097152, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1
