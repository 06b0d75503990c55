-- Samples as they came. The upper 16 bits of a series' id stand for its metric, so that this order
-- keeps the series of one metric together: a query over all items reads one stretch.
CREATE TABLE IF NOT EXISTS samples $on_cluster
(
    series UInt64 CODEC(Delta, ZSTD(1)),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    value Float64 CODEC(ZSTD(3))
)
ENGINE = ${replicated}MergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (series, at)
TTL toDateTime(at) + INTERVAL $raw_days DAY
SETTINGS ttl_only_drop_parts = 1, $window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Roll-ups. `last` is the pair (moment, value) with the greatest moment. NaN takes no part.
CREATE TABLE IF NOT EXISTS samples_5m $on_cluster
(
    series UInt64 CODEC(Delta, ZSTD(1)),
    at DateTime('UTC') CODEC(Delta, ZSTD(1)),
    min SimpleAggregateFunction(min, Float64) CODEC(ZSTD(1)),
    max SimpleAggregateFunction(max, Float64) CODEC(ZSTD(1)),
    sum SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
    count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    last SimpleAggregateFunction(max, Tuple(at DateTime64(3, 'UTC'), value Float64)) CODEC(ZSTD(1))
)
ENGINE = ${replicated}AggregatingMergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (series, at)
TTL at + INTERVAL $five_minute_days DAY
SETTINGS ttl_only_drop_parts = 1, $window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS samples_1h $on_cluster
(
    series UInt64 CODEC(Delta, ZSTD(1)),
    at DateTime('UTC') CODEC(Delta, ZSTD(1)),
    min SimpleAggregateFunction(min, Float64) CODEC(ZSTD(1)),
    max SimpleAggregateFunction(max, Float64) CODEC(ZSTD(1)),
    sum SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
    count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    last SimpleAggregateFunction(max, Tuple(at DateTime64(3, 'UTC'), value Float64)) CODEC(ZSTD(1))
)
ENGINE = ${replicated}AggregatingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (series, at)
TTL at + INTERVAL $hour_days DAY
SETTINGS ttl_only_drop_parts = 1, $window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS samples_to_5m $on_cluster TO samples_5m AS
SELECT
    series,
    toStartOfFiveMinutes(samples.at) AS at,
    min(value) AS min,
    max(value) AS max,
    sum(value) AS sum,
    count() AS count,
    max((samples.at, value)) AS last
FROM samples
WHERE NOT isNaN(value)
GROUP BY series, at;

CREATE MATERIALIZED VIEW IF NOT EXISTS samples_to_1h $on_cluster TO samples_1h AS
SELECT
    series,
    toStartOfHour(samples.at) AS at,
    min(value) AS min,
    max(value) AS max,
    sum(value) AS sum,
    count() AS count,
    max((samples.at, value)) AS last
FROM samples
WHERE NOT isNaN(value)
GROUP BY series, at;
