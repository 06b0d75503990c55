-- One value a step (or for the whole window) from samples.
WITH toUnixTimestamp64Milli(at) AS ms
SELECT toUInt16($part) AS part, series, $bucket AS bucket, toFloat64($value) AS result
FROM samples
WHERE series IN ($series) AND at >= fromUnixTimestamp64Milli(toInt64($since), 'UTC')
    AND at < fromUnixTimestamp64Milli(toInt64($until), 'UTC') AND NOT isNaN(number)
GROUP BY series, bucket
$tail
