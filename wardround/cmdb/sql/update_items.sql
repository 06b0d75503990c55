-- Write many changed items from one JSON array.
UPDATE cmdb_item SET
    type = given.type,
    name = given.name,
    importance = given.importance,
    owner_id = given.owner_id,
    vendor_id = given.vendor_id,
    attributes = given.attributes,
    origin = given.origin,
    retired_at = NULL,
    -- What comes back into use is not known to be as it was left.
    condition = CASE WHEN retired_at IS NULL THEN condition ELSE 'unknown' END,
    condition_since = CASE WHEN retired_at IS NULL THEN condition_since END,
    updated_at = %(at)s,
    version = cmdb_item.version + 1
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    id uuid, type text, name text, importance text, owner_id uuid, vendor_id uuid,
    attributes jsonb, origin text
)
WHERE cmdb_item.id = given.id
