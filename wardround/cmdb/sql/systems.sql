-- Which business systems each item serves, and store it where it changed.
-- A system is served by itself and by whatever it reaches from source to target along relations
-- that carry impact, without passing through another system: what one system needs of another
-- is not its own (and must not open the other's servers to whoever may see this one).
-- Retired items serve nothing. One pass over all items; UNION (not ALL) ends circles. The
-- subquery keeps to the primary key even where the planner has no statistics yet, right after a
-- first import, and would rather read all items once for each step.
WITH RECURSIVE reach (system, item) AS (
    SELECT id, id FROM cmdb_item WHERE type = ANY(%(system_types)s) AND retired_at IS NULL
    UNION
    SELECT reach.system, relation.target_id
    FROM reach
    JOIN cmdb_relation AS relation
        ON relation.source_id = reach.item AND relation.kind = ANY(%(kinds)s)
    WHERE (
        SELECT item.retired_at IS NULL AND item.type <> ALL(%(system_types)s)
        FROM cmdb_item AS item
        WHERE item.id = relation.target_id
    )
), wanted (item, systems) AS (
    SELECT item, array_agg(system ORDER BY system) FROM reach GROUP BY item
), difference (item, systems) AS (
    SELECT item.id, coalesce(wanted.systems, '{}'::uuid[])
    FROM cmdb_item AS item
    LEFT JOIN wanted ON wanted.item = item.id
    WHERE item.systems IS DISTINCT FROM coalesce(wanted.systems, '{}'::uuid[])
)
UPDATE cmdb_item SET systems = difference.systems
FROM difference
WHERE cmdb_item.id = difference.item
RETURNING cmdb_item.id
