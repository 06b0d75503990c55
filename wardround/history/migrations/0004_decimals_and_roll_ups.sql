-- Samples as decimals where that is exact: digits (of counters in a column of their own, as
-- differences) and the digits behind the point; what is no short decimal stays a double in `value`,
-- with the scale -1. Samples stored before have that form too.
ALTER TABLE samples $on_cluster
    ADD COLUMN IF NOT EXISTS digits Int64 DEFAULT 0 CODEC(T64('bit'), ZSTD(1)),
    ADD COLUMN IF NOT EXISTS counted Int64 DEFAULT 0 CODEC(Delta(8), T64('bit'), ZSTD(1)),
    ADD COLUMN IF NOT EXISTS scale Int8 DEFAULT -1 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS number Float64 ALIAS
        if(scale < 0, value, (digits + counted) / intExp10(scale))
SETTINGS allow_suspicious_codecs = 1;

-- Which windows are to be rolled up. The row of 1970 holds how far it has come (Unix seconds) in
-- `seen`; the row of a window counts the inserts that touched it after that, and how many of them
-- were seen when it was rolled up again.
CREATE TABLE IF NOT EXISTS rolling $on_cluster
(
    at DateTime('UTC'),
    touches SimpleAggregateFunction(sum, UInt64),
    seen SimpleAggregateFunction(max, UInt64)
)
ENGINE = ${replicated}AggregatingMergeTree
ORDER BY at
TTL at + INTERVAL $raw_days DAY DELETE WHERE at > toDateTime(0, 'UTC')
SETTINGS $window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO rolling (at, touches, seen)
SELECT toDateTime(0, 'UTC'), 0, toUnixTimestamp(toStartOfHour(now('UTC')))
FROM system.one WHERE (SELECT count() FROM rolling) = 0;

-- Roll-ups, one row a series and window; of two, the one of more samples counts. Decimals again
-- where all samples were: the least value, the others as distances from it.
CREATE TABLE IF NOT EXISTS rolled_5m $on_cluster
(
    series UInt64 CODEC(Delta, ZSTD(1)),
    at DateTime('UTC') CODEC(Delta, ZSTD(1)),
    count UInt32 CODEC(T64, ZSTD(1)),
    scale Int8 CODEC(ZSTD(1)),
    low Int64 CODEC(Delta(8), T64('bit'), ZSTD(1)),
    spread Int64 CODEC(T64('bit'), ZSTD(1)),
    end Int64 CODEC(T64('bit'), ZSTD(1)),
    total Int64 CODEC(T64('bit'), ZSTD(1)),
    last_at UInt32 CODEC(Delta, ZSTD(1)),
    min_value Float64 CODEC(ZSTD(1)),
    max_value Float64 CODEC(ZSTD(1)),
    sum_value Float64 CODEC(ZSTD(1)),
    last_value Float64 CODEC(ZSTD(1)),
    min Float64 ALIAS if(scale < 0, min_value, low / intExp10(scale)),
    max Float64 ALIAS if(scale < 0, max_value, (low + spread) / intExp10(scale)),
    sum Float64 ALIAS if(scale < 0, sum_value, (low * count + total) / intExp10(scale)),
    last Float64 ALIAS if(scale < 0, last_value, (low + end) / intExp10(scale)),
    last_ms Int64 ALIAS toInt64(toUnixTimestamp(at)) * 1000 + last_at
)
ENGINE = ${replicated}ReplacingMergeTree(count)
PARTITION BY toYYYYMMDD(at)
ORDER BY (series, at)
TTL at + INTERVAL $five_minute_days DAY
SETTINGS ttl_only_drop_parts = 1, $window = 10000, fsync_after_insert = 1,
    fsync_part_directory = 1, allow_suspicious_codecs = 1;

CREATE TABLE IF NOT EXISTS rolled_1h $on_cluster
(
    series UInt64 CODEC(Delta, ZSTD(1)),
    at DateTime('UTC') CODEC(Delta, ZSTD(1)),
    count UInt32 CODEC(T64, ZSTD(1)),
    scale Int8 CODEC(ZSTD(1)),
    low Int64 CODEC(Delta(8), T64('bit'), ZSTD(1)),
    spread Int64 CODEC(T64('bit'), ZSTD(1)),
    end Int64 CODEC(T64('bit'), ZSTD(1)),
    total Int64 CODEC(T64('bit'), ZSTD(1)),
    last_at UInt32 CODEC(Delta, ZSTD(1)),
    min_value Float64 CODEC(ZSTD(1)),
    max_value Float64 CODEC(ZSTD(1)),
    sum_value Float64 CODEC(ZSTD(1)),
    last_value Float64 CODEC(ZSTD(1)),
    min Float64 ALIAS if(scale < 0, min_value, low / intExp10(scale)),
    max Float64 ALIAS if(scale < 0, max_value, (low + spread) / intExp10(scale)),
    sum Float64 ALIAS if(scale < 0, sum_value, (low * count + total) / intExp10(scale)),
    last Float64 ALIAS if(scale < 0, last_value, (low + end) / intExp10(scale)),
    last_ms Int64 ALIAS toInt64(toUnixTimestamp(at)) * 1000 + last_at
)
ENGINE = ${replicated}ReplacingMergeTree(count)
PARTITION BY toYYYYMM(at)
ORDER BY (series, at)
TTL at + INTERVAL $hour_days DAY
SETTINGS ttl_only_drop_parts = 1, $window = 10000, fsync_after_insert = 1,
    fsync_part_directory = 1, allow_suspicious_codecs = 1;

DROP VIEW IF EXISTS samples_to_5m $on_cluster;

DROP VIEW IF EXISTS samples_to_1h $on_cluster;
