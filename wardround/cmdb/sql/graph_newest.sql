-- The newest change of the graph, whether the one we know is in the log, and whether this
-- transaction wrote anything itself (which nobody else may see yet).
SELECT
    number,
    token,
    EXISTS (SELECT FROM cmdb_graph_change WHERE number = %(number)s AND token = %(token)s),
    pg_current_xact_id_if_assigned() IS NOT NULL
FROM cmdb_graph_change
ORDER BY number DESC
LIMIT 1
