-- Samples as stored.
SELECT series, toUnixTimestamp64Milli(at) AS ms, value
FROM samples
WHERE series IN ($series) AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY series, ms
LIMIT {limit:UInt32} BY series
