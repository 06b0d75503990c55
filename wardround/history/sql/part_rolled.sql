-- Rows of a roll-up; in each series and window the one of most samples.
SELECT
    series, toInt64(toUnixTimestamp(at)) * 1000 AS ms, toUInt64(count) AS count, min AS low,
    max AS high, sum AS total, last AS newest, last_ms
FROM $table FINAL
WHERE series IN ($series) AND at >= toDateTime($begin, 'UTC') AND at < toDateTime($end, 'UTC')
    $but
