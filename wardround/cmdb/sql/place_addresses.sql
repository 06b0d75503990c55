-- Find anew in which space and in which smallest network addresses lie: those of these items, those
-- that lay in these networks or name them, and those that lie in these prefixes. Gives the networks
-- that have lost or got one.
WITH concerned AS (
    SELECT id FROM cmdb_address WHERE item_id = ANY (%(items)s::uuid[])
    UNION
    SELECT id FROM cmdb_address WHERE network = ANY (%(networks)s::uuid[])
    UNION
    SELECT id FROM cmdb_address WHERE named_network = ANY (%(networks)s::uuid[])
    UNION
    SELECT held.id
    FROM unnest(%(prefixes)s::cidr[]) AS given (prefix)
    JOIN cmdb_address held
        ON held."first" >= host(given.prefix)::inet
        AND held."first" <= host(broadcast(given.prefix))::inet
), told AS (
    SELECT
        held.id, held."first", held."last", held.space AS space_was, held.network AS was,
        COALESCE(
            held.named_space, named.space, '00000000-0000-0000-0000-000000000000'
        ) AS space
    FROM cmdb_address held
    JOIN concerned USING (id)
    LEFT JOIN cmdb_network named ON named.item_id = held.named_network
), placed AS (
    SELECT told.id, told.space, told.was, told.space_was, (
        SELECT own.item_id
        FROM cmdb_network own
        WHERE own.prefix >>= told."first" AND own.prefix >>= told."last" AND own.space = told.space
        ORDER BY masklen(own.prefix) DESC, own.item_id
        LIMIT 1
    ) AS becomes
    FROM told
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
