-- The parts of a page's answer, in order.
SELECT part, series, bucket, result FROM ($parts) ORDER BY part, series, bucket, result
