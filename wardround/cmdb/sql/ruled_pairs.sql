-- Pairs of items in use that rules relate: equal values at both ends. Looked at are the given values
-- (one JSON array of rule and value), or all there are. A value that too many hold at both ends relates
-- nothing; it is told with how many relations it would be.
WITH looked_at AS (
    SELECT DISTINCT rule, value
    FROM jsonb_to_recordset(%(values)s::jsonb) AS given (rule text, value text)
    UNION
    SELECT split_part(of, '/', 2), value FROM cmdb_kept_value
    WHERE of LIKE 'rule/%%/from' AND %(everything)s
), ends AS MATERIALIZED (
    SELECT
        looked_at.rule,
        array_agg(kept.item_id) FILTER (WHERE kept.of = 'rule/' || looked_at.rule || '/from')
            AS sources,
        array_agg(kept.item_id) FILTER (WHERE kept.of = 'rule/' || looked_at.rule || '/to')
            AS targets
    FROM looked_at
    JOIN cmdb_kept_value AS kept
        ON kept.value = looked_at.value
        AND kept.of IN (
            'rule/' || looked_at.rule || '/from', 'rule/' || looked_at.rule || '/to'
        )
    GROUP BY looked_at.rule, looked_at.value
)
SELECT ends.rule, source.id, source.type, target.id, target.type
FROM ends
CROSS JOIN LATERAL unnest(ends.sources) AS from_item
CROSS JOIN LATERAL unnest(ends.targets) AS to_item
JOIN cmdb_item AS source ON source.id = from_item
JOIN cmdb_item AS target ON target.id = to_item
WHERE cardinality(ends.sources)::bigint * cardinality(ends.targets) <= %(most)s
    AND from_item <> to_item
