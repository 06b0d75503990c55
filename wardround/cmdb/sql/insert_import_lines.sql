-- Keep many rows of an import from one JSON array.
INSERT INTO cmdb_import_line (
    run_id, number, "table", row, verdict, item, key, name, type, changes, problems, before, cells
)
SELECT
    %(run)s, number, table_name, row, verdict, item, key, name, type, changes, problems,
    nullif(before, 'null'), cells
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    number integer, table_name text, row integer, verdict text, item uuid, key text, name text,
    type text, changes jsonb, problems jsonb, before jsonb, cells text
)
