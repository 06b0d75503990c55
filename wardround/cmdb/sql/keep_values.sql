-- Write down what many items are compared by, from one JSON array; tells those that were written: one
-- that another item in use holds alone is not.
INSERT INTO cmdb_kept_value (item_id, of, value, alone)
SELECT item, of, value, alone
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (item uuid, of text, value text, alone boolean)
ON CONFLICT DO NOTHING
RETURNING item_id, of, value
