-- Sum up these networks, and all that hold them or have the same prefix, over what lies in them.
-- Networks are looked up by prefixes, as in `nest_networks`.
WITH lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS version, masklen(prefix) AS length FROM cmdb_network
), held AS MATERIALIZED (
    SELECT above.item_id AS above, part.item_id AS part, part.direct, part.direct_reserved
    FROM cmdb_network part
    JOIN lengths cut
        ON cut.version = family(part.prefix) AND cut.length <= masklen(part.prefix)
    JOIN cmdb_network above
        ON above.prefix = network(set_masklen(part.prefix::inet, cut.length))
        AND above.space = part.space
), summed AS (
    SELECT
        own.item_id, counted.used, counted.reserved,
        2::float8 ^ (CASE family(own.prefix) WHEN 4 THEN 32 ELSE 128 END - masklen(own.prefix))
            - CASE
                WHEN masklen(own.prefix) > CASE family(own.prefix) WHEN 4 THEN 30 ELSE 126 END THEN 0
                WHEN family(own.prefix) = 4 THEN 2
                ELSE 1
            END AS usable
    FROM (
        SELECT above AS item_id, sum(direct) AS used, sum(direct_reserved) AS reserved
        FROM held
        GROUP BY above
        HAVING bool_or(part = ANY (%(networks)s::uuid[]))
    ) AS counted
    JOIN cmdb_network own USING (item_id)
), below AS (
    SELECT part.parent AS item_id, sum(2::float8 ^ (masklen(own.prefix) - masklen(part.prefix))) AS covered
    FROM (SELECT DISTINCT parent, prefix FROM cmdb_network WHERE parent IS NOT NULL) AS part
    JOIN cmdb_network own ON own.item_id = part.parent
    GROUP BY part.parent
)
UPDATE cmdb_network SET
    used = summed.used,
    reserved = summed.reserved,
    share = summed.used / summed.usable,
    covered = COALESCE(below.covered, 0)
FROM summed
LEFT JOIN below USING (item_id)
WHERE cmdb_network.item_id = summed.item_id
