-- Which of these items nobody measures, by their places among them; they may be very many.
SELECT asked.place - 1
FROM unnest(%(items)s::uuid[]) WITH ORDINALITY AS asked (id, place)
JOIN cmdb_item AS item ON item.id = asked.id
WHERE item.condition = 'unknown'
