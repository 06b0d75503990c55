-- Let whose an attribute of a type is be known by its new name: in items, and in what imports propose.
WITH proposing AS (
    UPDATE cmdb_import_line AS line SET proposed = (
        SELECT jsonb_agg(
            CASE
                WHEN told.change ->> 'field' = 'attributes.' || %(old)s::text
                THEN told.change || jsonb_build_object('field', 'attributes.' || %(new)s::text)
                ELSE told.change
            END
            ORDER BY told.place
        )
        FROM jsonb_array_elements(line.proposed) WITH ORDINALITY AS told (change, place)
    )
    FROM cmdb_item AS item
    WHERE item.id = line.item
        AND item.type = %(type)s
        AND line.proposed @> jsonb_build_array(
            jsonb_build_object('field', 'attributes.' || %(old)s::text)
        )
)

UPDATE cmdb_value_source AS held SET
    said = (held.said - ('attributes.' || %(old)s::text))
        || jsonb_build_object(
            'attributes.' || %(new)s::text, held.said -> ('attributes.' || %(old)s::text)
        )
FROM cmdb_item AS item
WHERE item.id = held.item_id
    AND item.type = %(type)s
    AND held.said ? ('attributes.' || %(old)s::text)
