-- What went from one state to another, and what merely happened. A row sent twice collapses.
CREATE TABLE IF NOT EXISTS state_changes $on_cluster
(
    id UUID,
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    subject_kind LowCardinality(String),
    subject UUID,
    from_state LowCardinality(String),
    to_state LowCardinality(String),
    detail String CODEC(ZSTD(3))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (subject_kind, subject, at, id)
TTL toDateTime(at) + INTERVAL $change_days DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS events $on_cluster
(
    id UUID,
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    kind LowCardinality(String),
    subject_kind LowCardinality(String),
    subject UUID,
    severity LowCardinality(String),
    text String CODEC(ZSTD(3)),
    detail String CODEC(ZSTD(3))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (kind, subject_kind, subject, at, id)
TTL toDateTime(at) + INTERVAL $change_days DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;
