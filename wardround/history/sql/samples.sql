-- The samples of some series, as stored.
SELECT series, toUnixTimestamp64Milli(at) AS ms, number
FROM samples
WHERE series IN ($series) AND at >= fromUnixTimestamp64Milli(toInt64($since), 'UTC')
    AND at < fromUnixTimestamp64Milli(toInt64($until), 'UTC')
