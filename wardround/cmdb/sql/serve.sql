-- Follows `serving`: stores what each item serves where it changed.
, difference (item, systems) AS (
    SELECT item.id, coalesce(wanted.systems, '{}'::uuid[])
    FROM cmdb_item AS item
    LEFT JOIN wanted ON wanted.item = item.id
    WHERE item.systems IS DISTINCT FROM coalesce(wanted.systems, '{}'::uuid[])
)
UPDATE cmdb_item SET systems = difference.systems
FROM difference
WHERE cmdb_item.id = difference.item
RETURNING cmdb_item.id
