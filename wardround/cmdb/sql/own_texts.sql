-- What these items are searched by; they are few, and looked up one by one whatever the planner believes.
SELECT own.id, said.text, said.sound, said.initials
FROM unnest(%(ids)s::uuid[]) AS own (id)
CROSS JOIN LATERAL (
    SELECT text, sound, initials FROM cmdb_item_text WHERE item_id = own.id OFFSET 0
) AS said
