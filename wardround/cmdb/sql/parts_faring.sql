-- How many items in use serve each of these systems, in each condition, the systems themselves not
-- among them, nor what is written about them.
SELECT system, condition, count(*)
FROM cmdb_item
CROSS JOIN LATERAL unnest(systems) AS system
WHERE systems && %(systems)s::uuid[]
    AND system = ANY(%(systems)s::uuid[])
    AND system <> id
    AND type <> ALL(%(document_types)s)
    AND retired_at IS NULL
GROUP BY system, condition
