-- Sum up these networks, and all that stand above them, over everything that lies in them.
WITH RECURSIVE upwards AS (
    SELECT item_id, parent FROM cmdb_network WHERE item_id = ANY (%(networks)s::uuid[])
    UNION
    SELECT above.item_id, above.parent
    FROM cmdb_network above
    JOIN upwards ON above.item_id = upwards.parent
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
