-- How busy this server is. Counters of things that never happened are missing from the answer.
SELECT event AS name, toFloat64(value) AS value
FROM system.events
WHERE event IN ('InsertedRows', 'InsertedBytes', 'InsertQuery', 'Query', 'FailedQuery')
UNION ALL
SELECT 'running', toFloat64(value) FROM system.metrics WHERE metric = 'Query'
UNION ALL
SELECT 'memory', toFloat64(value) FROM system.metrics WHERE metric = 'MemoryTracking'
UNION ALL
SELECT 'merges', toFloat64(count()) FROM system.merges WHERE database = currentDatabase()
UNION ALL
SELECT 'free', toFloat64(min(free_space)) FROM system.disks
UNION ALL
SELECT 'uptime', toFloat64(uptime())
