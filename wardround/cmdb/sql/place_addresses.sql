-- Find anew in which space and in which smallest network addresses lie: those of these items, those
-- that lay in these networks or name them, and those that lie in these prefixes. Gives the networks
-- that have lost or got one. Networks are looked up by prefixes, as in `nest_networks`.
WITH area_lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS version, masklen(prefix) AS length
    FROM unnest(%(prefixes)s::cidr[]) AS area (prefix)
), lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS version, masklen(prefix) AS length FROM cmdb_network
), concerned AS (
    SELECT id FROM cmdb_address WHERE item_id = ANY (%(items)s::uuid[])
    UNION
    SELECT id FROM cmdb_address WHERE network = ANY (%(networks)s::uuid[])
    UNION
    SELECT id FROM cmdb_address WHERE named_network = ANY (%(networks)s::uuid[])
    UNION
    SELECT held.id
    FROM cmdb_address held
    JOIN area_lengths cut
        ON cut.version = family(held."first")
        AND network(set_masklen(held."first", cut.length)) = ANY (%(prefixes)s::cidr[])
), told AS MATERIALIZED (
    SELECT
        held.id, held."first", held."last", held.space AS space_was, held.network AS was,
        COALESCE(
            held.named_space, named.space, '00000000-0000-0000-0000-000000000000'
        ) AS space
    FROM cmdb_address held
    JOIN concerned USING (id)
    LEFT JOIN cmdb_network named ON named.item_id = held.named_network
), placed AS (
    SELECT DISTINCT ON (told.id)
        told.id, told.space, told.space_was, told.was, own.item_id AS becomes
    FROM told
    LEFT JOIN lengths cut ON cut.version = family(told."first")
    LEFT JOIN cmdb_network own
        ON own.prefix = network(set_masklen(told."first", cut.length))
        AND own.space = told.space
        AND own.prefix >>= told."last"
    ORDER BY told.id, masklen(own.prefix) DESC NULLS LAST, own.item_id
), moved AS (
    UPDATE cmdb_address SET space = placed.space, network = placed.becomes
    FROM placed
    WHERE cmdb_address.id = placed.id
        AND (placed.was IS DISTINCT FROM placed.becomes OR placed.space <> placed.space_was)
    RETURNING placed.was, placed.becomes
)
SELECT was FROM moved WHERE was IS NOT NULL
UNION
SELECT becomes FROM moved WHERE becomes IS NOT NULL
