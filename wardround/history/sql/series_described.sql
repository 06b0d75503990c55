-- What is known of some series of some metrics.
SELECT id, any(metric), any(item), anyLast(labels), anyLast(unit), anyLast(kind), anyLast(target)
FROM series
WHERE metric IN {metrics:Array(String)} AND id IN ($series)
GROUP BY id
