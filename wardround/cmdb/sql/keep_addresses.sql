-- Write down the addresses of items, from one JSON array; where they belong is found out then.
INSERT INTO cmdb_address (
    item_id, attribute, part, "first", "last", named_space, named_network, space, network
)
SELECT
    item, attribute, part, "first"::inet, "last"::inet, named_space, named_network,
    COALESCE(named_space, '00000000-0000-0000-0000-000000000000'), NULL
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    item uuid, attribute text, part text, "first" text, "last" text,
    named_space uuid, named_network uuid
)
