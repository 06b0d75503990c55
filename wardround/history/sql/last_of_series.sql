-- When each of some series had its last number, as far as hours are rolled up.
SELECT series, max(last_ms) AS ms
FROM rolled_1h
WHERE series IN ($series)
GROUP BY series
