-- Fields of items that people have written are no source's any more.
UPDATE cmdb_value_source AS held SET said = held.said - given.dropped
FROM (
    SELECT item, array(SELECT jsonb_array_elements_text(fields)) AS dropped
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (item uuid, fields jsonb)
) AS given
WHERE held.item_id = given.item AND held.said ?| given.dropped
