-- Find anew which network stands in which, for these and for what lies in these prefixes; gives
-- those above, as they were and as they are.
WITH concerned AS (
    SELECT item_id FROM cmdb_network WHERE item_id = ANY (%(networks)s::uuid[])
    UNION
    SELECT inner_one.item_id
    FROM unnest(%(prefixes)s::cidr[], %(spaces)s::uuid[]) AS outer_one (prefix, space)
    JOIN cmdb_network inner_one
        ON inner_one.prefix << outer_one.prefix AND inner_one.space = outer_one.space
), nested AS (
    SELECT own.item_id, own.parent AS was, (
        SELECT above.item_id
        FROM cmdb_network above
        WHERE above.prefix >> own.prefix AND above.space = own.space
        ORDER BY masklen(above.prefix) DESC, above.item_id
        LIMIT 1
    ) AS becomes
    FROM cmdb_network own
    JOIN concerned USING (item_id)
), moved AS (
    UPDATE cmdb_network SET parent = nested.becomes
    FROM nested
    WHERE cmdb_network.item_id = nested.item_id AND nested.was IS DISTINCT FROM nested.becomes
    RETURNING nested.was, nested.becomes
)
SELECT was FROM moved WHERE was IS NOT NULL
UNION
SELECT becomes FROM moved WHERE becomes IS NOT NULL
