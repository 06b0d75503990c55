-- Relations that these definitions kept and no longer name.
DELETE FROM cmdb_relation
WHERE origin = ANY(%(origins)s)
AND NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (kind text, source uuid, target uuid)
    WHERE given.source = cmdb_relation.source_id
    AND given.target = cmdb_relation.target_id
    AND given.kind = cmdb_relation.kind
)
