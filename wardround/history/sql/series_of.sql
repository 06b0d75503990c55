-- The series of one metric; of some items, where any are named.
SELECT id, any(item), anyLast(labels), anyLast(unit), anyLast(kind), anyLast(target)
FROM series
WHERE metric = {metric:String} AND (empty({items:Array(UUID)}) OR has({items:Array(UUID)}, item)) $labels
GROUP BY id
HAVING max(last_seen) >= fromUnixTimestamp64Milli({since:Int64} - 7200000, 'UTC')
LIMIT {limit:UInt32}
