-- What is known of some series of one metric.
SELECT id, any(metric), any(item), anyLast(labels), anyLast(unit), anyLast(kind), anyLast(target)
FROM series
WHERE metric = {metric:String} AND id IN ($series)
GROUP BY id
