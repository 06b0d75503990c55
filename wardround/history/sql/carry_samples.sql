-- Doubles to decimals where that is exact, in one partition: with the fewest digits behind the point
-- (six at most) that give the same bits back.
ALTER TABLE samples $on_cluster
UPDATE
    scale = toInt8($fewest),
    digits = if($fewest < 0, 0, toInt64(round(value * arrayElement($powers, $fewest + 1)))),
    value = if($fewest < 0, value, 0)
IN PARTITION ID '$partition'
WHERE scale < 0
