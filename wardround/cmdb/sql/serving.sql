-- Which business systems each item serves, as the rows `wanted`, for a statement that follows.
-- A system is served by itself and by whatever it reaches from source to target along relations
-- that carry impact, without passing through another system: what one system needs of another
-- is not its own (and must not open the other's servers to whoever may see this one).
-- A document serves what the items serve that it is about: whoever sees a server reads its manual.
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
), about (document, item) AS (
    SELECT document.id, relation.target_id
    FROM cmdb_item AS document
    JOIN cmdb_relation AS relation
        ON relation.source_id = document.id AND relation.kind = ANY(%(describing)s)
    WHERE document.type = ANY(%(document_types)s) AND document.retired_at IS NULL
    UNION ALL
    SELECT document.id, relation.source_id
    FROM cmdb_item AS document
    JOIN cmdb_relation AS relation
        ON relation.target_id = document.id AND relation.kind = ANY(%(described)s)
    WHERE document.type = ANY(%(document_types)s) AND document.retired_at IS NULL
), serves (system, item) AS (
    SELECT system, item FROM reach
    UNION ALL
    SELECT reach.system, about.document FROM about JOIN reach USING (item)
), wanted (item, systems) AS (
    SELECT item, array_agg(DISTINCT system ORDER BY system) FROM serves GROUP BY item
)
