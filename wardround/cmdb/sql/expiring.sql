-- Dates of items in use that end between the first and the last day of their attribute. Which these
-- are comes as one JSON array; the first to end come first.
WITH taken AS (
    SELECT *
    FROM jsonb_to_recordset(%(taken)s::jsonb) AS given (type text, name text, first text, last text)
)
SELECT item.id, taken.type, taken.name, item.attributes ->> taken.name
FROM cmdb_item AS item
JOIN taken ON taken.type = item.type
WHERE item.type = ANY (%(types)s)
  AND item.retired_at IS NULL
  AND item.attributes ->> taken.name ~ %(date)s
  AND (item.attributes ->> taken.name) COLLATE "C" BETWEEN taken.first AND taken.last
ORDER BY (item.attributes ->> taken.name) COLLATE "C", item.id, taken.name
LIMIT %(most)s
