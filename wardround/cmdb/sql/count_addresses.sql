-- Count anew the usable addresses that are used of these networks, without those of smaller ones.
UPDATE cmdb_network SET direct = counted.number, direct_reserved = 0
FROM (
    SELECT own.item_id, count(DISTINCT held."first") AS number
    FROM cmdb_network own
    LEFT JOIN cmdb_address held
        ON held.network = own.item_id
        AND held.part <> 'range'
        AND (
            masklen(own.prefix) > CASE family(own.prefix) WHEN 4 THEN 30 ELSE 126 END
            OR (
                held."first" <> host(own.prefix)::inet
                AND (family(own.prefix) = 6 OR held."first" <> host(broadcast(own.prefix))::inet)
            )
        )
    WHERE own.item_id = ANY (%(networks)s::uuid[])
    GROUP BY own.item_id
) AS counted
WHERE cmdb_network.item_id = counted.item_id
