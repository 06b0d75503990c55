-- Which content came first under a token: a server of one's own drops the second in silence. The
-- embedded one keeps that beside its log.
CREATE TABLE IF NOT EXISTS batches $on_cluster
(
    token String CODEC(ZSTD(1)),
    digest String CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = ${replicated}MergeTree
ORDER BY token
TTL toDateTime(at) + INTERVAL $raw_days DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
