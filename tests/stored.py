"""Everything the database holds, as text: to look for what must not be in it."""

from __future__ import annotations

from django.db import connection
from psycopg import sql


def everything_stored() -> str:
    """Every row of every table, bytes decoded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text) FILTER (WHERE data_type = 'bytea')"
            " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        )
        parts = []
        for table, binary in cursor.fetchall():
            bytes_ = [
                sql.SQL("coalesce(encode({}, 'escape'), '')").format(sql.Identifier(one))
                for one in binary or ()
            ]
            columns = sql.SQL(" || ").join([sql.SQL("t::text"), *bytes_])
            cursor.execute(
                sql.SQL("SELECT {} FROM {} t").format(columns, sql.Identifier("public", table))
            )
            parts += [row[0] for row in cursor.fetchall()]
    return "\n".join(parts)
