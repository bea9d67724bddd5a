CREATE TABLE IF NOT EXISTS spans_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
PARTITION BY toYYYYMM(started_at)
ORDER BY (project_id, toStartOfHour(started_at), session_id, trace_id, span_id)
SETTINGS index_granularity = 1024, index_granularity_bytes = 2097152, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS spans ON CLUSTER 'main' AS spans_local ENGINE = Distributed('main', currentDatabase(), spans_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS trace_keys_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedAggregatingMergeTree
ORDER BY (project_id, trace_id)
SETTINGS index_granularity = 128, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS trace_keys ON CLUSTER 'main' AS trace_keys_local ENGINE = Distributed('main', currentDatabase(), trace_keys_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS scores_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, trace_id, response_id, completion_id, session_id, user_id, score_id)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS scores ON CLUSTER 'main' AS scores_local ENGINE = Distributed('main', currentDatabase(), scores_local, cityHash64(project_id));

CREATE TABLE IF NOT EXISTS log_entries_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, trace_id, log_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS log_entries ON CLUSTER 'main' AS log_entries_local ENGINE = Distributed('main', currentDatabase(), log_entries_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS session_events_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, session_id, event_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS session_events ON CLUSTER 'main' AS session_events_local ENGINE = Distributed('main', currentDatabase(), session_events_local, cityHash64(session_id));

CREATE TABLE IF NOT EXISTS user_events_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, user_id, event_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS user_events ON CLUSTER 'main' AS user_events_local ENGINE = Distributed('main', currentDatabase(), user_events_local, cityHash64(user_id));

CREATE TABLE IF NOT EXISTS traces_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (project_id, day, session_id, user_id, trace_id)
SETTINGS index_granularity = 256, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS traces ON CLUSTER 'main' AS traces_local ENGINE = Distributed('main', currentDatabase(), traces_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS sessions_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, session_id)
SETTINGS index_granularity = 256, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS sessions ON CLUSTER 'main' AS sessions_local ENGINE = Distributed('main', currentDatabase(), sessions_local, cityHash64(session_id));

CREATE TABLE IF NOT EXISTS activity_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(day)
ORDER BY (project_id, user_id, session_id, day)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS activity ON CLUSTER 'main' AS activity_local ENGINE = Distributed('main', currentDatabase(), activity_local, cityHash64(user_id));

CREATE TABLE IF NOT EXISTS users_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, user_id)
SETTINGS index_granularity = 128, min_compress_block_size = 4096, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS users ON CLUSTER 'main' AS users_local ENGINE = Distributed('main', currentDatabase(), users_local, cityHash64(user_id));

CREATE TABLE IF NOT EXISTS said_apart_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, trace_id, span_id)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS said_apart ON CLUSTER 'main' AS said_apart_local ENGINE = Distributed('main', currentDatabase(), said_apart_local, cityHash64(trace_id));

CREATE TABLE IF NOT EXISTS session_keys_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedAggregatingMergeTree
ORDER BY (project_id, session_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS session_keys ON CLUSTER 'main' AS session_keys_local ENGINE = Distributed('main', currentDatabase(), session_keys_local, cityHash64(session_id));

CREATE TABLE IF NOT EXISTS hour_versions_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, hour)
SETTINGS fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS hour_versions ON CLUSTER 'main' AS hour_versions_local ENGINE = Distributed('main', currentDatabase(), hour_versions_local, cityHash64(project_id));

CREATE TABLE IF NOT EXISTS quarter_hours_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
PARTITION BY toYYYYMM(quarter)
ORDER BY (project_id, quarter)
SETTINGS index_granularity = 256, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS quarter_hours ON CLUSTER 'main' AS quarter_hours_local ENGINE = Distributed('main', currentDatabase(), quarter_hours_local, cityHash64(project_id));

CREATE TABLE IF NOT EXISTS quarter_hours_reckoned_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, hour)
SETTINGS fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS quarter_hours_reckoned ON CLUSTER 'main' AS quarter_hours_reckoned_local ENGINE = Distributed('main', currentDatabase(), quarter_hours_reckoned_local, cityHash64(project_id));

CREATE TABLE IF NOT EXISTS tickets_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY project_id
SETTINGS fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS tickets ON CLUSTER 'main' AS tickets_local ENGINE = Distributed('main', currentDatabase(), tickets_local, cityHash64(project_id));

CREATE TABLE IF NOT EXISTS erased_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, id_hash)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS erased ON CLUSTER 'main' AS erased_local ENGINE = Distributed('main', currentDatabase(), erased_local, cityHash64(project_id));

CREATE TABLE IF NOT EXISTS erasures_local ON CLUSTER 'main' (…)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY (project_id, erasure_id, part)
SETTINGS fsync_after_insert = 1, old_parts_lifetime = 5, cleanup_delay_period = 2, cleanup_delay_period_random_add = 1, max_cleanup_delay_period = 10, min_rows_to_fsync_after_merge = 1, finished_mutations_to_keep = 1;

CREATE TABLE IF NOT EXISTS erasures ON CLUSTER 'main' AS erasures_local ENGINE = Distributed('main', currentDatabase(), erasures_local, cityHash64(project_id));

