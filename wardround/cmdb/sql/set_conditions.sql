-- Set conditions that differ, and tell what they were.
WITH given (item, condition) AS (
    SELECT * FROM unnest(%(items)s::uuid[], %(conditions)s::text[])
), old AS (
    SELECT one.id, one.condition AS was, given.condition AS becomes
    FROM cmdb_item AS one
    JOIN given ON given.item = one.id
    WHERE one.condition <> given.condition AND one.retired_at IS NULL
    ORDER BY one.id
    FOR UPDATE OF one
)
UPDATE cmdb_item SET condition = old.becomes, condition_since = %(at)s
FROM old
WHERE cmdb_item.id = old.id
RETURNING cmdb_item.id, old.was, cmdb_item.condition
