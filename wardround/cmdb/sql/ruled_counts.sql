-- Rules by which more pairs of items would be related than a rule may keep, by the given values (one JSON
-- array of rule and value) or by all there are; a value that relates nothing is not counted.
WITH looked_at AS (
    SELECT DISTINCT rule, value
    FROM jsonb_to_recordset(%(values)s::jsonb) AS given (rule text, value text)
    UNION
    SELECT split_part(of, '/', 2), value FROM cmdb_kept_value
    WHERE of LIKE 'rule/%%/from' AND %(everything)s
), ends AS (
    SELECT
        looked_at.rule,
        count(*) FILTER (WHERE kept.of = 'rule/' || looked_at.rule || '/from') AS sources,
        count(*) FILTER (WHERE kept.of = 'rule/' || looked_at.rule || '/to') AS targets
    FROM looked_at
    JOIN cmdb_kept_value AS kept
        ON kept.value = looked_at.value
        AND kept.of IN (
            'rule/' || looked_at.rule || '/from', 'rule/' || looked_at.rule || '/to'
        )
    GROUP BY looked_at.rule, looked_at.value
)
SELECT rule
FROM ends
WHERE sources * targets <= %(most)s
GROUP BY rule
HAVING sum(sources * targets) > %(most_of_a_rule)s
ORDER BY rule
