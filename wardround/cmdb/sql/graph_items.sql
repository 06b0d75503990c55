-- Items in use by id, with the place of their type in a list from 1; 0 for any other type.
COPY (
    SELECT id, coalesce(array_position(%(types)s::text[], type), 0)::int2
    FROM cmdb_item
    WHERE retired_at IS NULL
    ORDER BY id
) TO STDOUT (FORMAT BINARY)
