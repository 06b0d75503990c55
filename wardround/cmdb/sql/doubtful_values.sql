-- Values that may not be what their attribute takes, each once, with the items that hold it. What
-- an attribute takes comes as one JSON array; a value that fits beyond doubt is passed over here, so
-- that few of millions are looked at one by one. References are always looked at.
WITH taken AS (
    SELECT *
    FROM jsonb_to_recordset(%(taken)s::jsonb) AS given (
        type text, name text, shape text, low numeric, high numeric, choices jsonb
    )
), held AS (
    SELECT item.id, item.type, entry.key AS name, entry.value, entry.value #>> '{}' AS said
    FROM cmdb_item AS item, jsonb_each(item.attributes) AS entry
    WHERE item.type = ANY (%(types)s) AND entry.value <> 'null'
)
SELECT held.type, held.name, held.value::text, array_agg(held.id)
FROM held
JOIN taken ON taken.type = held.type AND taken.name = held.name
WHERE NOT CASE
    WHEN jsonb_typeof(held.value) = 'number' THEN
        taken.shape = 'number' AND held.said::numeric BETWEEN taken.low AND taken.high
    WHEN jsonb_typeof(held.value) = 'boolean' THEN taken.shape = 'boolean'
    WHEN jsonb_typeof(held.value) <> 'string' THEN false
    WHEN taken.shape = 'choice' THEN taken.choices ? held.said
    WHEN taken.shape = 'text' THEN
        length(held.said) <= 200 AND held.said !~ '[\x01-\x1f\x7f-\x9f\u2028\u2029]'
    WHEN taken.shape = 'date' THEN
        held.said ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$'
    WHEN taken.shape = 'address' THEN
        held.said ~ '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.|$)){4}$'
        AND held.said !~ '\.$'
    ELSE false
END
GROUP BY 1, 2, 3
