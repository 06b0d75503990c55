-- Create or correct many relations from one JSON array; tells those that were not so before,
-- whether they are new, and of the others what they were: the insert waits until it is known.
WITH given AS (
    SELECT *
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
        id uuid, kind text, source uuid, target uuid, "group" text, need smallint, standby text,
        switch_minutes double precision, origin text
    )
), before AS MATERIALIZED (
    SELECT relation.*
    FROM given
    JOIN cmdb_relation AS relation
        ON relation.source_id = given.source
        AND relation.target_id = given.target
        AND relation.kind = given.kind
    FOR UPDATE OF relation
), written AS (
    INSERT INTO cmdb_relation (
        id, kind, source_id, target_id, "group", need, standby, switch_minutes, origin, created_at
    )
    SELECT
        coalesce(before.id, given.id), given.kind, given.source, given.target, given."group",
        given.need, given.standby, given.switch_minutes, given.origin, %(at)s
    FROM given
    LEFT JOIN before
        ON before.source_id = given.source
        AND before.target_id = given.target
        AND before.kind = given.kind
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
    RETURNING id, source_id, target_id, kind, xmax = 0 AS is_new
)
SELECT
    written.kind, written.source_id, written.target_id, written.id, written.is_new,
    before."group", before.need, before.standby, before.switch_minutes
FROM written
LEFT JOIN before ON before.id = written.id
