-- Find anew which network stands in which, for these and for what lies in these prefixes; gives
-- those above, as they were and as they are. What holds another is looked up by its prefix, cut to
-- each length that there is: a search by containment would compare all with all.
WITH area_lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS version, masklen(prefix) AS length
    FROM unnest(%(prefixes)s::cidr[]) AS area (prefix)
), lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS version, masklen(prefix) AS length FROM cmdb_network
), concerned AS (
    SELECT item_id FROM cmdb_network WHERE item_id = ANY (%(networks)s::uuid[])
    UNION
    SELECT inside.item_id
    FROM cmdb_network inside
    JOIN area_lengths cut
        ON cut.version = family(inside.prefix) AND cut.length < masklen(inside.prefix)
        AND network(set_masklen(inside.prefix::inet, cut.length)) = ANY (%(prefixes)s::cidr[])
), nested AS (
    SELECT DISTINCT ON (own.item_id) own.item_id, own.parent AS was, above.item_id AS becomes
    FROM cmdb_network own
    JOIN concerned USING (item_id)
    LEFT JOIN lengths cut
        ON cut.version = family(own.prefix) AND cut.length < masklen(own.prefix)
    LEFT JOIN cmdb_network above
        ON above.prefix = network(set_masklen(own.prefix::inet, cut.length))
        AND above.space = own.space
    ORDER BY own.item_id, masklen(above.prefix) DESC NULLS LAST, above.item_id
), moved AS (
    UPDATE cmdb_network SET parent = nested.becomes
    FROM nested
    WHERE cmdb_network.item_id = nested.item_id AND nested.was IS DISTINCT FROM nested.becomes
    RETURNING nested.was, nested.becomes
)
SELECT was FROM moved WHERE was IS NOT NULL
UNION
SELECT becomes FROM moved WHERE becomes IS NOT NULL
