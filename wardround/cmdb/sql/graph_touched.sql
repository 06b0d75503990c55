-- Relations that were touched after one change and until another, as they are now: whether they
-- stand between items in use, the types of those, and on what terms (as in `graph_relations`). An item that was touched tells of all of its
-- relations, and without a kind of itself. A row without ends: everything was touched.
WITH change AS (
    SELECT kind, source, target
    FROM cmdb_graph_change
    WHERE number > %(after)s AND number <= %(until)s
), item AS (
    SELECT DISTINCT source AS id FROM change WHERE kind IS NULL AND source IS NOT NULL
), touched AS (
    SELECT kind, source, target FROM change WHERE kind IS NOT NULL OR source IS NULL
    UNION
    SELECT relation.kind, relation.source_id, relation.target_id
    FROM item JOIN cmdb_relation AS relation ON relation.source_id = item.id
    UNION
    SELECT relation.kind, relation.source_id, relation.target_id
    FROM item JOIN cmdb_relation AS relation ON relation.target_id = item.id
    UNION
    SELECT '', id, id FROM item
)
SELECT
    touched.kind,
    touched.source,
    touched.target,
    source.type,
    target.type,
    relation.id IS NOT NULL AND source.retired_at IS NULL AND target.retired_at IS NULL,
    CASE WHEN relation."group" <> '' THEN hashtextextended(relation."group", 0) ELSE 0 END,
    coalesce(relation.need, 0),
    CASE WHEN relation.standby = 'cold' THEN least(coalesce(relation.switch_minutes, 0), 1e9)
        ELSE -1 END::float4
FROM touched
LEFT JOIN cmdb_relation AS relation
    ON relation.source_id = touched.source
    AND relation.target_id = touched.target
    AND relation.kind = touched.kind
LEFT JOIN cmdb_item AS source ON source.id = touched.source
LEFT JOIN cmdb_item AS target ON target.id = touched.target
