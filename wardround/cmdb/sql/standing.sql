-- Relations of these kinds at any of the given items, and at whatever the items that come back into
-- use are related to; with whether each end is in use.
WITH touched AS (
    SELECT unnest(%(items)s::uuid[]) AS id
    UNION
    SELECT CASE WHEN relation.source_id = back.id THEN relation.target_id ELSE relation.source_id END
    FROM unnest(%(back)s::uuid[]) AS back (id)
    JOIN cmdb_relation AS relation
        ON (relation.source_id = back.id OR relation.target_id = back.id)
        AND relation.kind = ANY(%(kinds)s)
)
SELECT DISTINCT
    relation.kind, relation.source_id, relation.target_id,
    source.retired_at IS NULL, target.retired_at IS NULL
FROM touched
JOIN cmdb_relation AS relation
    ON (relation.source_id = touched.id OR relation.target_id = touched.id)
    AND relation.kind = ANY(%(kinds)s)
JOIN cmdb_item AS source ON source.id = relation.source_id
JOIN cmdb_item AS target ON target.id = relation.target_id
