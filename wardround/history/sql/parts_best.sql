-- While roll-ups of earlier versions are carried over: of two rows the one of more samples.
SELECT
    series, ms, best.1 AS count, best.2 AS low, best.3 AS high, best.4 AS total,
    best.5 AS newest, best.6 AS last_ms
FROM
(
    SELECT series, ms, argMax((count, low, high, total, newest, last_ms), count) AS best
    FROM ($parts)
    GROUP BY series, ms
)
