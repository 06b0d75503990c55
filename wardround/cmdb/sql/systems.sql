-- Which business systems depend on each item, and store it where it changed.
-- A system depends on itself and on whatever it reaches along relations that carry impact.
-- Retired items neither depend nor are depended on. One pass over all items; UNION (not ALL)
-- ends circles.
WITH RECURSIVE edge (upper, lower) AS (
    SELECT source_id, target_id FROM cmdb_relation WHERE kind = ANY(%(to_source)s)
    UNION ALL
    SELECT target_id, source_id FROM cmdb_relation WHERE kind = ANY(%(to_target)s)
), reach (system, item) AS (
    SELECT id, id FROM cmdb_item WHERE type = ANY(%(system_types)s) AND retired_at IS NULL
    UNION
    SELECT reach.system, edge.lower
    FROM reach
    JOIN edge ON edge.upper = reach.item
    JOIN cmdb_item AS lower ON lower.id = edge.lower AND lower.retired_at IS NULL
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
