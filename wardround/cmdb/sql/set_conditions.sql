-- Set conditions that differ, and tell what they were.
WITH given (item, condition) AS (
    SELECT * FROM unnest(%(items)s::uuid[], %(conditions)s::text[])
), old AS (
    SELECT item.id, item.condition AS was, given.condition AS becomes
    FROM cmdb_item AS item
    JOIN given ON given.item = item.id
    WHERE item.condition <> given.condition AND item.retired_at IS NULL
    ORDER BY item.id
    FOR NO KEY UPDATE OF item
)
UPDATE cmdb_item SET condition = old.becomes, condition_since = %(at)s
FROM old
WHERE cmdb_item.id = old.id
RETURNING cmdb_item.id, old.was, cmdb_item.condition
