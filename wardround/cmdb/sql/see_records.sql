-- Note that a load of a source held these items; what the source itself knows each by, where it says so.
INSERT INTO cmdb_source_record AS held (source, item_id, own, first_run, seen_run, seen_at, loads)
SELECT %(source)s, item, own, %(run)s, %(run)s, %(at)s, 0
FROM unnest(%(items)s::uuid[], %(own)s::text[]) AS given (item, own)
ON CONFLICT (item_id, source) DO UPDATE SET
    own = CASE WHEN excluded.own = '' THEN held.own ELSE excluded.own END,
    seen_run = excluded.seen_run, seen_at = excluded.seen_at, loads = 0, since = NULL
