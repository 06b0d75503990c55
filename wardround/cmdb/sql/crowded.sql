-- Ends of relations of limited kinds that have more of them than their kind admits, between items in
-- use; the limits come as one JSON array. Looked at are the given relations and those of the given
-- items, or all there are. Where both ends stand for the same, each counts as a source.
WITH limit_of AS (
    SELECT *
    FROM jsonb_to_recordset(%(limits)s::jsonb) AS given (
        kind text, most_targets int, most_sources int, alike boolean
    )
), looked_at AS (
    SELECT kind, source_id, target_id FROM cmdb_relation WHERE id = ANY(%(relations)s::uuid[])
    UNION
    SELECT kind, source_id, target_id FROM cmdb_relation WHERE source_id = ANY(%(items)s::uuid[])
    UNION
    SELECT kind, source_id, target_id FROM cmdb_relation WHERE target_id = ANY(%(items)s::uuid[])
    UNION
    SELECT relation.kind, source_id, target_id
    FROM cmdb_relation AS relation
    JOIN limit_of ON limit_of.kind = relation.kind
    WHERE %(everything)s
), ends AS (
    SELECT kind, source_id AS item, true AS is_source FROM looked_at
    UNION
    SELECT looked_at.kind, target_id, limit_of.alike
    FROM looked_at JOIN limit_of ON limit_of.kind = looked_at.kind
), counted AS (
    SELECT
        ends.kind,
        ends.item,
        ends.is_source,
        CASE WHEN ends.is_source THEN limit_of.most_targets ELSE limit_of.most_sources END AS most,
        (
            SELECT array_agg(other.id ORDER BY relation.created_at, relation.id)
            FROM cmdb_relation AS relation
            JOIN cmdb_item AS other
                ON other.id = CASE
                    WHEN relation.source_id = ends.item THEN relation.target_id
                    ELSE relation.source_id
                END
                AND other.retired_at IS NULL
            WHERE relation.kind = ends.kind
                AND (
                    relation.source_id = ends.item AND ends.is_source
                    OR relation.target_id = ends.item AND (NOT ends.is_source OR limit_of.alike)
                )
        ) AS others
    FROM ends
    JOIN limit_of ON limit_of.kind = ends.kind
    JOIN cmdb_item AS own ON own.id = ends.item AND own.retired_at IS NULL
)
SELECT kind, item, is_source, most, others
FROM counted
WHERE most IS NOT NULL AND cardinality(others) > most
ORDER BY kind, item, is_source
