-- Growth from roll-ups, whose rows hold min, max and last. A row in which the counter
-- began again shows a minimum or last below the last before; what it grew is its last value, and
-- before that what its peak stands above the last before (exact for one new beginning a row,
-- unless the peak after it is the higher one: then the growth before it is missing).
SELECT toUInt16($part) AS part, series, bucket, $grown AS result
FROM
(
    SELECT
        series,
        $bucket AS bucket,
        if(newest >= before_value AND low >= before_value,
            newest - before_value,
            newest + if(high > newest AND high > before_value, high - before_value, 0)) AS growth,
        last_ms - before_ms AS gap
    FROM
    (
        SELECT
            series, ms, low, high, newest, last_ms,
            lagInFrame(last_ms, 1, -1) OVER w AS before_ms,
            lagInFrame(newest, 1, 0) OVER w AS before_value
        FROM ($rolled)
        WINDOW w AS (PARTITION BY series ORDER BY ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
    WHERE before_ms >= 0 AND last_ms > before_ms AND ms >= $since
)
GROUP BY series, bucket
$tail
