-- Samples of what is not rolled up, as a roll-up would have them.
SELECT
    series, intDiv(toUnixTimestamp64Milli(at), 300000) * 300000 AS ms, count() AS count,
    min(number) AS low, max(number) AS high, sum(number) AS total,
    argMax(number, (at, number)) AS newest, max(toUnixTimestamp64Milli(at)) AS last_ms
FROM samples
WHERE series IN ($series) AND at >= toDateTime64($begin, 3, 'UTC')
    AND at < toDateTime64($end, 3, 'UTC') AND NOT isNaN(number)
    $but
GROUP BY series, ms
