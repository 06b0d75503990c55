-- Relations of these kinds between items in use, with the place of their kind in the list from 1.
COPY (
    SELECT
        relation.source_id,
        relation.target_id,
        array_position(%(kinds)s::text[], relation.kind)::int2
    FROM cmdb_relation AS relation
    JOIN cmdb_item AS source ON source.id = relation.source_id AND source.retired_at IS NULL
    JOIN cmdb_item AS target ON target.id = relation.target_id AND target.retired_at IS NULL
    WHERE relation.kind = ANY(%(kinds)s)
) TO STDOUT (FORMAT BINARY)
