-- The relations between items in use that rules keep, with the value that is equal at both ends, if one
-- is: of the given items and of those that hold the given values (one JSON array of rule and value), or
-- all there are.
WITH concerned AS MATERIALIZED (
    SELECT unnest(%(items)s::uuid[]) AS item
    UNION
    SELECT kept.item_id
    FROM jsonb_to_recordset(%(values)s::jsonb) AS given (rule text, value text)
    JOIN cmdb_kept_value AS kept
        ON kept.value = given.value
        AND kept.of IN ('rule/' || given.rule || '/from', 'rule/' || given.rule || '/to')
), kept_by_rule AS (
    SELECT id FROM cmdb_relation JOIN concerned ON source_id = item WHERE origin LIKE 'rule/%%'
    UNION
    SELECT id FROM cmdb_relation JOIN concerned ON target_id = item WHERE origin LIKE 'rule/%%'
    UNION
    SELECT id FROM cmdb_relation WHERE origin LIKE 'rule/%%' AND %(everything)s
)
SELECT
    relation.id,
    substr(relation.origin, 6) AS rule,
    relation.kind,
    relation.source_id,
    relation.target_id,
    (
        SELECT from_value.value
        FROM cmdb_kept_value AS from_value
        JOIN cmdb_kept_value AS to_value ON to_value.value = from_value.value
        WHERE from_value.of = relation.origin || '/from'
            AND to_value.of = relation.origin || '/to'
            AND (
                from_value.item_id = relation.source_id AND to_value.item_id = relation.target_id
                OR relation.kind = ANY(%(symmetric)s::text[])
                AND from_value.item_id = relation.target_id
                AND to_value.item_id = relation.source_id
            )
        LIMIT 1
    ) AS value
FROM kept_by_rule
JOIN cmdb_relation AS relation ON relation.id = kept_by_rule.id
JOIN cmdb_item AS source ON source.id = relation.source_id AND source.retired_at IS NULL
JOIN cmdb_item AS target ON target.id = relation.target_id AND target.retired_at IS NULL
