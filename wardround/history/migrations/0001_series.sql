-- Every series ever seen. Rows of one id collapse in the background; readers group by id.
CREATE TABLE IF NOT EXISTS series $on_cluster
(
    id UInt64,
    metric LowCardinality(String),
    item UUID,
    labels SimpleAggregateFunction(anyLast, Map(String, String)),
    target SimpleAggregateFunction(anyLast, UUID),
    unit SimpleAggregateFunction(anyLast, LowCardinality(String)),
    kind SimpleAggregateFunction(anyLast, LowCardinality(String)),
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = ${replicated}AggregatingMergeTree
ORDER BY (metric, item, id)
TTL toDateTime(last_seen) + INTERVAL $hour_days DAY;
