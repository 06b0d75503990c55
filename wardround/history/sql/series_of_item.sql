-- Every series of one item.
SELECT id, any(metric), anyLast(labels), anyLast(unit), anyLast(kind), anyLast(target),
    min(first_seen), max(last_seen)
FROM series
WHERE item = {item:UUID}
GROUP BY id
ORDER BY any(metric), anyLast(labels)
LIMIT {limit:UInt32}
