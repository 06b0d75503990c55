-- The newest number of each series, from the roll-up that is as fresh as the samples.
SELECT series, toUnixTimestamp64Milli(newest.1) AS ms, newest.2
FROM
(
    SELECT series, max(last) AS newest
    FROM samples_5m
    WHERE series IN ($series) AND at >= toDateTime(intDiv({since:Int64}, 1000), 'UTC')
    GROUP BY series
)
