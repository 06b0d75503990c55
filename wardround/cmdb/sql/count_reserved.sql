-- Say how many addresses of ranges nobody uses: from spans that do not overlap, with their sizes.
WITH given AS (
    SELECT network, "first"::inet, "last"::inet, size
    FROM jsonb_to_recordset(%(spans)s::jsonb)
        AS span (network uuid, "first" text, "last" text, size numeric)
), counted AS (
    SELECT given.network, given.size - count(DISTINCT held."first") AS free
    FROM given
    LEFT JOIN cmdb_address held
        ON held.network = given.network
        AND held.part <> 'range'
        AND held."first" BETWEEN given."first" AND given."last"
    GROUP BY given.network, given."first", given.size
)
UPDATE cmdb_network SET direct_reserved = total.free
FROM (SELECT network, sum(free) AS free FROM counted GROUP BY network) AS total
WHERE cmdb_network.item_id = total.network
