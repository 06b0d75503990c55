-- Roll-ups of an earlier version for some time. Where the new table has a row of as many samples
-- already, one of the two stays.
INSERT INTO $new
    (series, at, count, scale, last_at, min_value, max_value, sum_value, last_value)
SELECT
    series, at, toUInt32(sum(r.count)), -1,
    toUInt32(toUnixTimestamp64Milli(max(r.last).1) - toInt64(toUnixTimestamp(at)) * 1000),
    min(r.min), max(r.max), sum(r.sum), max(r.last).2
FROM $old AS r
WHERE at >= toDateTime($begin, 'UTC') AND at < toDateTime($end, 'UTC')
GROUP BY series, at
