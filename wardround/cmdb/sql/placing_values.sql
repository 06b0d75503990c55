-- What attributes of these types hold, items in use alone, by the number of the attribute.
SELECT item.id, wanted.number, item.attributes ->> wanted.attribute
FROM unnest(%(types)s::text[], %(attributes)s::text[])
    WITH ORDINALITY AS wanted (type, attribute, number)
JOIN cmdb_item AS item ON item.type = wanted.type AND item.retired_at IS NULL
WHERE item.attributes ->> wanted.attribute IS NOT NULL
ORDER BY wanted.number, item.key
