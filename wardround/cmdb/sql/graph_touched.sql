-- Relations that were touched after one change and until another, as they are now: whether they
-- stand between items in use, and the types of those. A row without ends: everything was touched.
SELECT DISTINCT
    change.kind,
    change.source,
    change.target,
    source.type,
    target.type,
    relation.id IS NOT NULL AND source.retired_at IS NULL AND target.retired_at IS NULL
FROM cmdb_graph_change AS change
LEFT JOIN cmdb_relation AS relation
    ON relation.source_id = change.source
    AND relation.target_id = change.target
    AND relation.kind = change.kind
LEFT JOIN cmdb_item AS source ON source.id = change.source
LEFT JOIN cmdb_item AS target ON target.id = change.target
WHERE change.number > %(after)s AND change.number <= %(until)s
