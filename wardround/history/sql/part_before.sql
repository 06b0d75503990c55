-- Rows of a roll-up as earlier versions made them.
SELECT
    series, toInt64(toUnixTimestamp(at)) * 1000 AS ms, sum(r.count) AS count, min(r.min) AS low,
    max(r.max) AS high, sum(r.sum) AS total, max(r.last).2 AS newest,
    toUnixTimestamp64Milli(max(r.last).1) AS last_ms
FROM $table AS r
WHERE series IN ($series) AND at >= toDateTime($begin, 'UTC') AND at < toDateTime($end, 'UTC')
    $but
GROUP BY series, at
