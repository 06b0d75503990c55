-- Write the history of many items from one JSON array.
INSERT INTO cmdb_item_change (
    item_id, at, actor_id, actor_name, field, old, new, other_id, outward, reason, ticket
)
SELECT item, %(at)s, %(actor_id)s, %(actor_name)s, field, nullif(old, 'null'), nullif(new, 'null'),
    other, outward, %(reason)s, %(ticket)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    item uuid, field text, old jsonb, new jsonb, other uuid, outward boolean
)
