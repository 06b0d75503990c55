-- One value a step (or for the whole window) from samples. No WITH: the engine would have it hold in
-- the parts of a union beside this one.
SELECT toUInt16($part) AS part, series, $bucket AS bucket, toFloat64($value) AS result
FROM
(
    SELECT series, at, toUnixTimestamp64Milli(at) AS ms, number
    FROM samples
    WHERE series IN ($series) AND at >= fromUnixTimestamp64Milli(toInt64($since), 'UTC')
        AND at < fromUnixTimestamp64Milli(toInt64($until), 'UTC') AND NOT isNaN(number)
)
GROUP BY series, bucket
$tail
