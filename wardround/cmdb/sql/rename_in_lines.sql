-- Let what is kept of imports call an attribute of a type by its new name: what rows changed, and what
-- an undo brings back; by which name it went before stays known, for changes made meanwhile tell that.
UPDATE cmdb_import_line AS line SET
    changes = (
        SELECT coalesce(jsonb_agg(
            CASE
                WHEN told.change ->> 'field' = 'attributes.' || %(old)s::text
                THEN told.change || jsonb_build_object('field', 'attributes.' || %(new)s::text)
                ELSE told.change
            END
            ORDER BY told.place
        ), '[]')
        FROM jsonb_array_elements(line.changes) WITH ORDINALITY AS told (change, place)
    ),
    before = line.before
        || jsonb_build_object(
            'attributes',
            ((line.before -> 'attributes') - %(old)s::text)
                || jsonb_build_object(%(new)s::text, line.before -> 'attributes' -> %(old)s::text),
            'former',
            coalesce(line.before -> 'former', '[]') || jsonb_build_array(%(old)s::text)
        )
FROM cmdb_item AS item
WHERE item.id = line.item
    AND item.type = %(type)s
    AND (line.before -> 'attributes') ? %(old)s::text
