-- Write down what many items are searched by, from one JSON array.
INSERT INTO cmdb_item_text (item_id, text, sound, initials, grams)
SELECT item, text, sound, initials, grams::int[]
FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS given (item uuid, text text, sound text, initials text, grams text)
ON CONFLICT (item_id) DO UPDATE SET
    text = excluded.text, sound = excluded.sound, initials = excluded.initials, grams = excluded.grams
