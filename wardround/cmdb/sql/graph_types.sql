-- The types that items are of: a definition that this process has not heard of yet is named, too.
SELECT DISTINCT type FROM cmdb_item ORDER BY type
