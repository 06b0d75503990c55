-- Write down which fields of many items are a source's from now on, from one JSON array.
INSERT INTO cmdb_value_source AS held (item_id, said)
SELECT item, claims FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (item uuid, claims jsonb)
ON CONFLICT (item_id) DO UPDATE SET said = held.said || excluded.said
