-- Samples as stored.
SELECT toUInt16($part) AS part, series, toUnixTimestamp64Milli(at) AS bucket, number AS result
FROM samples
WHERE series IN ($series) AND at >= fromUnixTimestamp64Milli(toInt64($since), 'UTC')
    AND at < fromUnixTimestamp64Milli(toInt64($until), 'UTC')
LIMIT $limit BY series
