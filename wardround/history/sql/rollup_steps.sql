-- One value a step (or for the whole window) from a roll-up.
WITH toInt64(toUnixTimestamp(at)) * 1000 AS ms
SELECT series, $bucket AS bucket, toFloat64($value) AS result
FROM $rollup AS r
WHERE series IN ($series) AND at >= toDateTime(intDiv({since:Int64}, 1000), 'UTC')
    AND at < toDateTime(intDiv({until:Int64}, 1000), 'UTC')
GROUP BY series, bucket
$tail
