-- Values by which a rule relates nothing: more relations than one value may make would follow. Told
-- with how many items hold each at either end.
SELECT rule, value, sources, targets
FROM
(
    SELECT
        split_part(of, '/', 2) AS rule,
        value,
        count(*) FILTER (WHERE of LIKE 'rule/%%/from') AS sources,
        count(*) FILTER (WHERE of LIKE 'rule/%%/to') AS targets
    FROM cmdb_kept_value
    WHERE of LIKE 'rule/%%'
    GROUP BY 1, 2
) AS held
WHERE sources * targets > %(most)s
ORDER BY sources * targets DESC, rule, value
LIMIT 1000
