-- Which of these items nobody measures; they may be very many.
SELECT id FROM cmdb_item WHERE id = ANY(%(items)s::uuid[]) AND condition = 'unknown'
