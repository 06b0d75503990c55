-- One value a step (or for the whole window) from samples.
WITH toUnixTimestamp64Milli(at) AS ms
SELECT series, $bucket AS bucket, toFloat64($value) AS result
FROM samples
WHERE series IN ($series) AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND at < fromUnixTimestamp64Milli({until:Int64}, 'UTC') AND NOT isNaN(value)
GROUP BY series, bucket
$tail
