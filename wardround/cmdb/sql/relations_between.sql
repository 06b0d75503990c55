-- The relations that stand as these kinds, sources and targets say, one entry each.
SELECT
    relation.id, relation.kind, relation.source_id, relation.target_id, relation."group",
    relation.need, relation.standby, relation.switch_minutes, relation.origin
FROM unnest(%(kinds)s::text[], %(sources)s::uuid[], %(targets)s::uuid[])
    AS given (kind, source, target)
JOIN cmdb_relation AS relation
    ON relation.source_id = given.source
    AND relation.target_id = given.target
    AND relation.kind = given.kind
