"""Fields of tickets that are secret, for what was stored before anything said so.

Works on rows as they lie there, for a migration and for a type that calls a field a secret from
now on: the value is sealed, and lines that told it tell only that there was one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wardround.kernel import secrets
from wardround.schema.sealing import MASK

_SEALED = "gAAAA"
"""What everything sealed begins with (Fernet, version 0x80), under whichever key."""


def seal_fields(tickets: Any, lines: Any, names: Collection[str]) -> int:
    """Seal these fields of tickets, and mask them in their timelines; how many tickets held one.

    Args:
        tickets: a query of tickets of one type.
        lines: a query of the lines of these tickets.
        names: the fields that are secret.

    """
    count = 0
    for ticket in tickets.filter(fields__has_any_keys=list(names)).iterator(chunk_size=500):
        fields = sealed(ticket.fields, names)
        if fields != ticket.fields:
            ticket.fields = fields
            ticket.save(update_fields=["fields"])
            count += 1
    for line in lines.filter(kind="field", data__field__in=list(names)).iterator(chunk_size=500):
        line.data = {
            **line.data,
            "old": _hidden(line.data["old"]),
            "new": _hidden(line.data["new"]),
        }
        line.save(update_fields=["data"])
    return count


def sealed(fields: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The fields with these sealed that are not yet."""
    return {
        name: secrets.seal(str(value)) if name in names and _in_clear(value) else value
        for name, value in fields.items()
    }


def _in_clear(value: Any) -> bool:
    """Whether anybody could read it; what is sealed under a lost key is not, nor of any use."""
    return value not in (None, "", MASK) and not str(value).startswith(_SEALED)


def _hidden(value: Any) -> Any:
    return MASK if value not in (None, "") else value
