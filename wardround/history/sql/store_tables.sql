-- What each table holds on this server; moments are Unix seconds, 0 where a table has none.
SELECT
    tables.name,
    held.rows,
    held.bytes,
    held.parts,
    held.most_parts,
    held.partitions,
    held.oldest,
    held.newest
FROM system.tables AS tables
LEFT JOIN
(
    SELECT
        table,
        sum(partition_rows) AS rows,
        sum(partition_bytes) AS bytes,
        sum(partition_parts) AS parts,
        max(partition_parts) AS most_parts,
        count() AS partitions,
        min(first) AS oldest,
        max(last) AS newest
    FROM
    (
        SELECT
            table,
            partition_id,
            sum(rows) AS partition_rows,
            sum(bytes_on_disk) AS partition_bytes,
            count() AS partition_parts,
            min(toUnixTimestamp(min_time)) AS first,
            max(toUnixTimestamp(max_time)) AS last
        FROM system.parts
        WHERE active AND database = currentDatabase()
        GROUP BY table, partition_id
    )
    GROUP BY table
) AS held ON held.table = tables.name
WHERE tables.database = currentDatabase() AND tables.engine LIKE '%MergeTree'
ORDER BY tables.name
