-- Sum up these networks, and all that hold them or have the same prefix, over what lies in them.
WITH upwards AS (
    SELECT DISTINCT above.item_id
    FROM cmdb_network own
    JOIN cmdb_network above ON above.prefix >>= own.prefix AND above.space = own.space
    WHERE own.item_id = ANY (%(networks)s::uuid[])
), summed AS (
    SELECT
        own.item_id, sum(part.direct) AS used, sum(part.direct_reserved) AS reserved,
        2::float8 ^ (CASE family(own.prefix) WHEN 4 THEN 32 ELSE 128 END - masklen(own.prefix))
            - CASE
                WHEN masklen(own.prefix) > CASE family(own.prefix) WHEN 4 THEN 30 ELSE 126 END THEN 0
                WHEN family(own.prefix) = 4 THEN 2
                ELSE 1
            END AS usable
    FROM upwards
    JOIN cmdb_network own USING (item_id)
    JOIN cmdb_network part ON part.prefix <<= own.prefix AND part.space = own.space
    GROUP BY own.item_id, own.prefix
)
UPDATE cmdb_network SET
    used = summed.used,
    reserved = summed.reserved,
    share = summed.used / summed.usable,
    covered = COALESCE((
        SELECT sum(2::float8 ^ (masklen(cmdb_network.prefix) - masklen(below.prefix)))
        FROM (SELECT DISTINCT prefix FROM cmdb_network part WHERE part.parent = summed.item_id)
            AS below
    ), 0)
FROM summed
WHERE cmdb_network.item_id = summed.item_id
