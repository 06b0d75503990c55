-- What tells whether anything was written since somebody read where items lie, and whether this
-- transaction wrote anything itself (which nobody else may see yet).
SELECT
    count(*),
    sum(version),
    (SELECT max(number) FROM cmdb_graph_change),
    pg_current_xact_id_if_assigned() IS NOT NULL
FROM cmdb_item
