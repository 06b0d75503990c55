-- Growth of counters in each step, or per second: over the sum of time between neighbouring
-- samples. A value below the one before is a new beginning at zero.
SELECT toUInt16($part) AS part, series, bucket, $grown AS result
FROM
(
    SELECT
        series,
        $bucket AS bucket,
        if(value >= before_value, value - before_value, value) AS growth,
        ms - before_ms AS gap
    FROM
    (
        SELECT
            series, ms, value,
            lagInFrame(ms, 1, -1) OVER w AS before_ms,
            lagInFrame(value, 1, 0) OVER w AS before_value
        FROM
        (
            SELECT series, toUnixTimestamp64Milli(at) AS ms, number AS value
            FROM samples
            WHERE series IN ($series) AND at < fromUnixTimestamp64Milli(toInt64($until), 'UTC')
                AND at >= fromUnixTimestamp64Milli(toInt64($since - $lookback), 'UTC')
                AND NOT isNaN(value)
        )
        WINDOW w AS (PARTITION BY series ORDER BY ms, value ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
    WHERE before_ms >= 0 AND ms > before_ms AND ms >= $since
)
GROUP BY series, bucket
$tail
