-- Create many items from one JSON array.
INSERT INTO cmdb_item (
    id, key, type, name, importance, condition, condition_since, owner_id, vendor_id, attributes,
    systems, origin, retired_at, created_at, updated_at, version
)
SELECT
    id, key, type, name, importance, 'unknown', NULL, owner_id, vendor_id, attributes,
    '{}', origin, NULL, %(at)s, %(at)s, 1
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    id uuid, key text, type text, name text, importance text, owner_id uuid, vendor_id uuid,
    attributes jsonb, origin text
)
