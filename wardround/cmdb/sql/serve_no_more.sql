-- Follows `serving`: the items that would serve one of their systems no longer. Stores nothing.
SELECT item.id
FROM cmdb_item AS item
LEFT JOIN wanted ON wanted.item = item.id
WHERE item.retired_at IS NULL AND NOT item.systems <@ coalesce(wanted.systems, '{}'::uuid[])
