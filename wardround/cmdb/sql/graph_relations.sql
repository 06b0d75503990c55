-- Relations of these kinds between items in use, with the place of their kind in the list from 1,
-- and on what terms: the number of a group's name, how many of it must work, and of a cold standby
-- the minutes of the switch (-1: it counts at once; where nobody says how long, 0).
COPY (
    SELECT
        relation.source_id,
        relation.target_id,
        array_position(%(kinds)s::text[], relation.kind)::int2,
        CASE WHEN relation."group" <> '' THEN hashtextextended(relation."group", 0) ELSE 0 END,
        coalesce(relation.need, 0)::int2,
        CASE WHEN relation.standby = 'cold' THEN least(coalesce(relation.switch_minutes, 0), 1e9)
            ELSE -1 END::float4
    FROM cmdb_relation AS relation
    JOIN cmdb_item AS source ON source.id = relation.source_id AND source.retired_at IS NULL
    JOIN cmdb_item AS target ON target.id = relation.target_id AND target.retired_at IS NULL
    WHERE relation.kind = ANY(%(kinds)s)
) TO STDOUT (FORMAT BINARY)
