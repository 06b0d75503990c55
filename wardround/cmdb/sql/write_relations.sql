-- Create or correct many relations from one JSON array; tells those that were not so before,
-- and whether they are new.
INSERT INTO cmdb_relation (
    id, kind, source_id, target_id, "group", need, standby, switch_minutes, origin, created_at
)
SELECT
    given.id, given.kind, given.source, given.target, given."group", given.need, given.standby,
    given.switch_minutes, given.origin, %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    id uuid, kind text, source uuid, target uuid, "group" text, need smallint, standby text,
    switch_minutes double precision, origin text
)
ON CONFLICT (source_id, target_id, kind) DO UPDATE SET
    "group" = excluded."group",
    need = excluded.need,
    standby = excluded.standby,
    switch_minutes = excluded.switch_minutes,
    origin = excluded.origin
WHERE (
    cmdb_relation."group", cmdb_relation.need, cmdb_relation.standby,
    cmdb_relation.switch_minutes, cmdb_relation.origin
) IS DISTINCT FROM (
    excluded."group", excluded.need, excluded.standby, excluded.switch_minutes, excluded.origin
)
RETURNING id, xmax = 0
