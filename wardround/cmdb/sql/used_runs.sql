-- The addresses that are used in a prefix of a space, as runs that follow one another.
SELECT host(min("first")), host(max("first"))
FROM (
    SELECT "first", "first" - (row_number() OVER (ORDER BY "first") - 1) AS run
    FROM (
        SELECT DISTINCT "first"
        FROM cmdb_address
        WHERE space = %(space)s AND part <> 'range'
            AND "first" >= host(%(prefix)s::cidr)::inet
            AND "first" <= host(broadcast(%(prefix)s::cidr))::inet
    ) AS held
) AS numbered
GROUP BY run
ORDER BY min("first")
