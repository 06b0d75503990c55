-- Give attributes of many items other values, from one JSON array of item, name and value.
UPDATE cmdb_item SET
    attributes = cmdb_item.attributes || given.attributes,
    version = cmdb_item.version + 1,
    updated_at = %(at)s
FROM (
    SELECT item, jsonb_object_agg(name, value) AS attributes
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS one_value (item uuid, name text, value jsonb)
    GROUP BY item
) AS given
WHERE cmdb_item.id = given.item
