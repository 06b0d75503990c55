-- One value a step (or for the whole window) from roll-ups, and from samples of what is not rolled.
SELECT toUInt16($part) AS part, series, $bucket AS bucket, toFloat64($value) AS result
FROM ($rolled)
GROUP BY series, bucket
$tail
