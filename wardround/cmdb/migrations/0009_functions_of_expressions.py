"""What an expression computes, as functions of the database: letters whatever their case, and
numbers that stay within bounds.

A database folds the letters that its locale knows, often A to Z alone; what an expression means is
what Python makes of them, so these go by Python's own tables.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.db import migrations

_BOUNDED = """
    CREATE FUNCTION cmdb_bounded(double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE
            WHEN abs($1) >= 1e150 THEN NULL WHEN abs($1) < 1e-150 THEN 0 ELSE $1 END
    $$;
"""
_CASES: dict[str, tuple[str, Callable[[str], str]]] = {
    "cmdb_casefold": ("lower", str.casefold),
    "cmdb_lower": ("lower", str.lower),
    "cmdb_upper": ("upper", str.upper),
}


def _function(name: str) -> str:
    """Plain texts take the short way; of others each letter is looked up."""
    plainly, fold = _CASES[name]
    changed = {letter: fold(letter) for letter in map(chr, range(128, sys.maxunicode + 1))
               if not 0xD800 <= ord(letter) < 0xE000 and fold(letter) != letter}  # fmt: skip
    single = {letter: to for letter, to in changed.items() if len(to) == 1}
    text = (
        f'translate({plainly}($1 COLLATE "C"), \'{"".join(single)}\','
        f" '{''.join(single.values())}')"
    )
    for letter, to in changed.items():
        if len(to) > 1:
            text = f"replace({text}, '{letter}', '{to}')"
    return f"""
    CREATE FUNCTION {name}(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN $1 ~ '[^\\x01-\\x7f\\u3000-\\u9fff]' THEN {text}
            ELSE {plainly}($1 COLLATE "C") END
    $$;
    """


def _make(apps: object, schema_editor: object) -> None:
    del apps
    for statement in (_BOUNDED, *map(_function, _CASES)):
        schema_editor.execute(statement, params=None)  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0008_changed_items_are_noted"),)

    operations = (
        migrations.RunPython(
            _make,
            lambda _apps, editor: editor.execute(
                "DROP FUNCTION cmdb_bounded(double precision);"
                + "".join(f"DROP FUNCTION {name}(text);" for name in _CASES)
            ),
        ),
    )
