-- The same from a roll-up, whose buckets hold min, max and last. A bucket in which the counter
-- began again shows a minimum or last below the last before; what it grew is its last value, and
-- before that what its peak stands above the last before (exact for one new beginning a bucket,
-- unless the peak after it is the higher one: then the growth before it is missing).
SELECT series, bucket, sum(growth) / (sum(gap) / 1000) AS result
FROM
(
    SELECT
        series,
        $bucket AS bucket,
        if(value >= before_value AND low >= before_value,
            value - before_value,
            value + if(high > value AND high > before_value, high - before_value, 0)) AS growth,
        last_ms - before_ms AS gap
    FROM
    (
        SELECT
            series, ms, low, high, value, last_ms,
            lagInFrame(last_ms, 1, -1) OVER w AS before_ms,
            lagInFrame(value, 1, 0) OVER w AS before_value
        FROM
        (
            SELECT
                series,
                toInt64(toUnixTimestamp(at)) * 1000 AS ms,
                min(r.min) AS low,
                max(r.max) AS high,
                max(r.last) AS newest,
                newest.2 AS value,
                toUnixTimestamp64Milli(newest.1) AS last_ms
            FROM $rollup AS r
            WHERE series IN ($series) AND at < toDateTime(intDiv({until:Int64}, 1000), 'UTC')
                AND at >= toDateTime(intDiv({since:Int64} - {lookback:Int64}, 1000), 'UTC')
            GROUP BY series, at
        )
        WINDOW w AS (PARTITION BY series ORDER BY ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
    WHERE before_ms >= 0 AND last_ms > before_ms AND ms >= {since:Int64}
)
GROUP BY series, bucket
$tail
