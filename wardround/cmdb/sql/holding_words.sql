-- Of these contents, in their order, the first in whose text every word stands; looked up one by one
-- whatever the planner believes, which would rather read all texts there are.
SELECT wanted.id
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
CROSS JOIN LATERAL (
    SELECT FROM cmdb_content_text
    WHERE content_id = wanted.id
        AND (SELECT bool_and(strpos(folded, word) > 0) FROM unnest(%(words)s::text[]) AS word)
    OFFSET 0
) AS held
LIMIT %(most)s
