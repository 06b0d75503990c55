-- The newest number of each series.
SELECT series, max(last_ms) AS ms, argMax(newest, last_ms) AS result
FROM ($rolled)
GROUP BY series
