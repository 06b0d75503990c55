-- Write down the prefixes of items, from one JSON array.
INSERT INTO cmdb_network (
    item_id, prefix, place, space, direct, direct_reserved, used, reserved, covered, share
)
SELECT item, prefix::cidr, place, space, 0, 0, 0, 0, 0, 0
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (item uuid, prefix text, place text, space uuid)
