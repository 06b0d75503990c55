-- Let values of items be known to come from a source by its new name.
UPDATE cmdb_value_source AS held SET said = (
    SELECT jsonb_object_agg(
        told.key,
        CASE
            WHEN told.value ->> 0 = %(old)s THEN jsonb_set(told.value, '{0}', to_jsonb(%(new)s::text))
            ELSE told.value
        END
    )
    FROM jsonb_each(held.said) AS told (key, value)
)
WHERE jsonb_path_exists(
    held.said, '$.*[0] ? (@ == $name)', jsonb_build_object('name', %(old)s::text)
)
