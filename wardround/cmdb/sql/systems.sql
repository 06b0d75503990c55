-- Which business systems depend on each item, and store it where it changed.
-- A system depends on itself and on whatever it reaches along relations that carry impact.
-- Retired items neither depend nor are depended on. One pass over all items; UNION (not ALL)
-- ends circles. The subquery keeps to the primary key even where the planner has no statistics
-- yet, right after a first import, and would rather read all items once for each step.
WITH RECURSIVE reach (system, item) AS (
    SELECT id, id FROM cmdb_item WHERE type = ANY(%(system_types)s) AND retired_at IS NULL
    UNION
    SELECT reach.system, edge.lower
    FROM reach
    CROSS JOIN LATERAL (
        SELECT target_id FROM cmdb_relation
        WHERE source_id = reach.item AND kind = ANY(%(to_source)s)
        UNION ALL
        SELECT source_id FROM cmdb_relation
        WHERE target_id = reach.item AND kind = ANY(%(to_target)s)
    ) AS edge (lower)
    WHERE (SELECT one.retired_at IS NULL FROM cmdb_item AS one WHERE one.id = edge.lower)
), wanted (item, systems) AS (
    SELECT item, array_agg(system ORDER BY system) FROM reach GROUP BY item
), difference (item, systems) AS (
    SELECT one.id, coalesce(wanted.systems, '{}'::uuid[])
    FROM cmdb_item AS one
    LEFT JOIN wanted ON wanted.item = one.id
    WHERE one.systems IS DISTINCT FROM coalesce(wanted.systems, '{}'::uuid[])
)
UPDATE cmdb_item SET systems = difference.systems
FROM difference
WHERE cmdb_item.id = difference.item
RETURNING cmdb_item.id
