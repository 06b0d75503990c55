-- Keep many rows of an import from one JSON array.
INSERT INTO cmdb_import_line (
    run_id, number, "table", row, verdict, item, key, name, type, changes, problems,
    proposed, choices, before, cells
)
SELECT
    %(run)s, number, table_name, row, verdict, item, key, name, type, changes, problems,
    proposed, choices, nullif(before, 'null'), cells
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    number integer, table_name text, row integer, verdict text, item uuid, key text, name text,
    type text, changes jsonb, problems jsonb,
    proposed jsonb, choices jsonb, before jsonb, cells text
)
